/// The script of a report: curves to look into.
///
/// It reads the records beside it and asks nobody.
enum ReportScript {
  static let text = start + ReportChartScript.text + controls

  private static let start = #"""
    "use strict";
    (() => {
    const records = JSON.parse(document.getElementById("records").textContent);
    const settings = { over: "step", weight: 0 };
    const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

    /** A measured value with four digits. */
    function number(value) {
      if (value === null || value === undefined) return "–";
      if (value === 0) return "0";
      const size = Math.abs(value);
      if (size >= 1e6 || size < 1e-3) return value.toExponential(1);
      if (size >= 1000) return Math.round(value).toLocaleString("en");
      return String(Number(value.toPrecision(4)));
    }
    const part = (value) => value === null || value === undefined ? "–" : `${(value * 100).toFixed(2)} %`;

    function duration(seconds) {
      if (seconds < 60) return `${seconds.toFixed(1)} s`;
      if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
      return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds / 60 % 60)} min`;
    }
    const place = (x) => settings.over === "time" ? duration(x)
      : settings.over === "step" ? `step ${Math.round(x).toLocaleString("en")}` : `epoch ${x.toFixed(2)}`;

    /** The position in epochs at a step of a session, in proportion between the ends of epochs. */
    function epoch(session, step) {
      const ends = records.sessions[session].epochs;
      if (ends.length < 2) return null;
      let next = ends.findIndex((end) => end[0] >= step);
      if (next < 0) next = ends.length - 1;
      const [a, b] = [ends[Math.max(0, next - 1)], ends[Math.max(1, next)]];
      return b[0] > a[0] ? a[1] + (b[1] - a[1]) * (step - a[0]) / (b[0] - a[0]) : b[1];
    }
    function places(curve) {
      const axis = records.axes[curve.axis];
      if (settings.over === "time") return axis.time;
      if (settings.over === "step") return axis.step;
      return axis.step.map((step) => epoch(curve.session, step));
    }
    /** The moving average, free of its lean towards 0 at the start. */
    function smoothed(curve) {
      const counts = records.axes[curve.axis].count;
      let sum = 0, kept = 1;
      return curve.mean.map((value, index) => {
        if (value === null) return null;
        const decay = settings.weight ** (counts ? counts[index] : 1);
        sum = sum * decay + (1 - decay) * value;
        kept *= decay;
        return sum / (1 - kept);
      });
    }
    function ticks(low, high, count) {
      const rough = (high - low) / count;
      if (!(rough > 0)) return [low];
      const power = 10 ** Math.floor(Math.log10(rough));
      const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough * 0.999) ?? rough;
      const all = [];
      for (let at = Math.ceil(low / step - 1e-9); at * step <= high + step * 1e-9; at += 1) {
        all.push(Number((at * step).toPrecision(12)));
      }
      return all;
    }
    function decades(low, high) {
      const all = [];
      for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
        for (const one of [1, 2, 5]) all.push(one * 10 ** power);
      }
      const inside = all.filter((one) => one >= low && one <= high);
      const whole = inside.filter((one) => Number.isInteger(Math.round(Math.log10(one) * 1e9) / 1e9));
      return whole.length > 2 ? whole : inside.length > 1 ? inside : ticks(low, high, 4);
    }

    """#

  private static let controls = #"""
    const charts = [...document.querySelectorAll(".chart")].map((root) => new Chart(root));
    const drawAll = () => charts.forEach((chart) => chart.draw());
    document.getElementById("over")?.addEventListener("change", (event) => {
      settings.over = event.target.value;
      for (const chart of charts) { chart.cursor = null; chart.zoom(null); }
    });
    document.getElementById("smoothing")?.addEventListener("input", (event) => {
      settings.weight = Number(event.target.value);
      document.getElementById("weight").textContent = event.target.value;
      drawAll();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
    for (const area of document.querySelectorAll(".network-area")) {
      const health = records.sessions[Number(area.dataset.sessionIndex)].health;
      for (const box of area.querySelectorAll(".layer.learns")) {
        const grade = Object.hasOwn(health, box.dataset.layer) ? health[box.dataset.layer] : null;
        if (grade) box.classList.add(grade);
      }
    }
    drawAll();
    document.documentElement.dataset.ready = "yes";
    })();
    """#
}
