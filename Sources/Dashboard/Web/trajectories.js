// Lines of runs over a metric: their points joined in the order of steps, which can go back and forth.

import { color } from "./charting.js";

/** Draws the path `[x, raw, smoothed]…` of each run, an open ring at its first point and a dot at its last. */
export function drawPaths(plot, paths, styles, isSmooth) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineJoin = "round";
  paths.forEach((path, index) => {
    const stroke = color(styles[index].color);
    const at = ([x], value) => [plot.valToPos(x, "x", true), plot.valToPos(value, "y", true)];
    const line = (column, width, alpha) => {
      ctx.globalAlpha = alpha;
      ctx.strokeStyle = stroke;
      ctx.lineWidth = width * devicePixelRatio;
      ctx.beginPath();
      path.forEach((point, place) => ctx[place ? "lineTo" : "moveTo"](...at(point, point[column])));
      ctx.stroke();
    };
    if (!path.length) return;
    const width = styles[index].isBold ? 2.75 : 1.75;
    line(1, isSmooth ? 1 : width, isSmooth ? 0.33 : 1);
    if (isSmooth) line(2, width, 1);
    ctx.globalAlpha = 1;
    const column = isSmooth ? 2 : 1;
    for (const [point, fill] of [[path[0], color("--surface")], [path.at(-1), stroke]]) {
      ctx.beginPath();
      ctx.arc(...at(point, point[column]), 3.5 * devicePixelRatio, 0, 2 * Math.PI);
      ctx.fillStyle = fill;
      ctx.fill();
      ctx.lineWidth = 1.5 * devicePixelRatio;
      ctx.stroke();
    }
  });
  ctx.restore();
}
