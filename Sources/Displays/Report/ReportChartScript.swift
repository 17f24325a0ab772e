/// The part of a report's script that is one chart: what a person can do with it, and its drawing.
enum ReportChartScript {
  static let text = asking + drawing

  private static let asking = #"""
    class Chart {
      constructor(root) {
        this.panel = records.panels[Number(root.dataset.panel)];
        this.root = root;
        this.canvas = root.querySelector("canvas");
        this.readout = root.querySelector("output");
        this.allButton = root.querySelector(".all");
        this.logButton = root.querySelector(".log");
        this.hidden = new Set();
        this.window = null;
        this.cursor = null;
        this.drag = null;
        this.text = this.panel.isPercentage ? part : number;
        this.setLog(this.panel.isLogarithmic);
        this.makeLegend();
        this.logButton.addEventListener("click", () => this.setLog(!this.isLog));
        this.allButton.addEventListener("click", () => this.zoom(null));
        const canvas = this.canvas;
        canvas.addEventListener("dblclick", () => this.zoom(null));
        canvas.addEventListener("pointermove", (event) => this.move(event));
        canvas.addEventListener("pointerdown", (event) => {
          this.drag = event.offsetX;
          canvas.setPointerCapture(event.pointerId);
        });
        canvas.addEventListener("pointerup", (event) => this.release(event));
        canvas.addEventListener("pointercancel", () => { this.drag = null; this.draw(); });
        canvas.addEventListener("pointerleave", () => { this.cursor = null; this.draw(); });
        canvas.addEventListener("keydown", (event) => this.key(event));
        new ResizeObserver(() => this.draw()).observe(canvas);
      }

      makeLegend() {
        const list = this.root.querySelector(".legend");
        this.values = this.panel.curves.map((curve, index) => {
          const button = document.createElement("button");
          button.type = "button";
          button.setAttribute("aria-pressed", "true");
          const swatch = document.createElement("i");
          const name = document.createElement("span");
          const value = document.createElement("b");
          name.textContent = curve.name;
          button.append(swatch, name, value);
          button.addEventListener("click", () => {
            const isShown = this.hidden.delete(index);
            if (!isShown) this.hidden.add(index);
            button.setAttribute("aria-pressed", String(isShown));
            this.draw();
          });
          const item = document.createElement("li");
          item.append(button);
          list.append(item);
          return { value, swatch };
        });
      }

      setLog(isLog) {
        this.isLog = isLog;
        this.logButton.setAttribute("aria-pressed", String(isLog));
        if (this.values) this.draw();
      }

      zoom(window) {
        this.window = window;
        this.allButton.hidden = window === null;
        this.draw();
      }

      release(event) {
        const start = this.drag;
        this.drag = null;
        if (start !== null && Math.abs(event.offsetX - start) > 6) {
          const ends = [this.at(start), this.at(event.offsetX)].sort((a, b) => a - b);
          this.zoom({ from: ends[0], to: ends[1] });
        } else {
          this.draw();
        }
      }

      move(event) {
        this.pointer = event.offsetX;
        this.cursor = this.at(event.offsetX);
        this.draw();
      }

      key(event) {
        const span = this.range[1] - this.range[0];
        const middle = this.cursor ?? (this.range[0] + this.range[1]) / 2;
        const zoomed = (factor) => this.zoom({ from: middle - span * factor, to: middle + span * factor });
        const actions = {
          ArrowLeft: () => { this.cursor = Math.max(this.range[0], middle - span / 100); this.draw(); },
          ArrowRight: () => { this.cursor = Math.min(this.range[1], middle + span / 100); this.draw(); },
          "+": () => zoomed(0.25), "-": () => zoomed(1), "0": () => this.zoom(null),
          l: () => this.setLog(!this.isLog),
        };
        const action = actions[event.key];
        if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        action();
      }

      /** The value on the horizontal axis at a pixel. */
      at(pixel) {
        const [low, high] = this.range;
        const inside = (pixel - this.left) / Math.max(1, this.width - this.left - 10);
        return low + Math.min(1, Math.max(0, inside)) * (high - low);
      }

    """#

  private static let drawing = #"""
      /** What is shown: lines with their places, in the window, on these scales. */
      prepare() {
        this.lines = this.panel.curves.map((curve, index) => {
          const xs = places(curve);
          const smooth = settings.weight > 0 ? smoothed(curve) : null;
          return { curve, index, xs, smooth, low: curve.low ?? curve.mean, high: curve.high ?? curve.mean };
        }).filter((line) => !this.hidden.has(line.index));
        let [left, right] = [Infinity, -Infinity];
        for (const line of this.lines) for (const x of line.xs) {
          if (x !== null && x < left) left = x;
          if (x !== null && x > right) right = x;
        }
        if (!(left < right)) [left, right] = left === right ? [left - 1, left + 1] : [0, 1];
        this.range = this.window ? [Math.max(left, this.window.from), Math.min(right, this.window.to)] : [left, right];
        if (!(this.range[0] < this.range[1])) this.range = [left, right];
        let [low, high] = [Infinity, -Infinity];
        for (const line of this.lines) line.xs.forEach((x, index) => {
          if (x === null || x < this.range[0] || x > this.range[1]) return;
          for (const value of [line.low[index], line.high[index]]) {
            if (value === null || (this.isLog && value <= 0)) continue;
            if (value < low) low = value;
            if (value > high) high = value;
          }
        });
        if (!(low <= high)) [low, high] = this.isLog ? [0.1, 1] : [0, 1];
        if (low === high) [low, high] = this.isLog ? [low / 2, low * 2] : [low - (Math.abs(low) * 0.1 || 1), low + (Math.abs(low) * 0.1 || 1)];
        const room = this.isLog ? (high / low) ** 0.04 : (high - low) * 0.04;
        this.scale = this.isLog ? [low / room, high * room] : [low >= 0 ? Math.max(0, low - room) : low - room, high + room];
      }

      x(value) { return this.left + (value - this.range[0]) / (this.range[1] - this.range[0]) * (this.width - this.left - 10); }

      y(value) {
        const [low, high] = this.scale;
        if (value === null || value === undefined || (this.isLog && value <= 0)) return null;
        const share = this.isLog ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
        return this.height - 24 - share * (this.height - 24 - 8);
      }

      draw() {
        const pen = this.canvas.getContext("2d");
        const ratio = window.devicePixelRatio || 1;
        this.width = this.canvas.clientWidth;
        this.height = this.canvas.clientHeight;
        if (!this.width) return;
        this.canvas.width = Math.round(this.width * ratio);
        this.canvas.height = Math.round(this.height * ratio);
        pen.scale(ratio, ratio);
        this.prepare();
        this.drawAxes(pen);
        pen.save();
        pen.beginPath();
        pen.rect(this.left, 0, this.width - this.left, this.height - 22);
        pen.clip();
        for (const line of this.lines) this.drawLine(pen, line);
        this.drawMarks(pen);
        this.drawCursor(pen);
        pen.restore();
      }

      drawAxes(pen) {
        const values = this.isLog ? decades(...this.scale) : ticks(...this.scale, 4);
        const label = (value) => this.panel.isPercentage ? `${Number((value * 100).toPrecision(6))} %`
          : value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5) ? value.toExponential() : String(Number(value.toPrecision(6)));
        pen.font = "11.5px system-ui, sans-serif";
        this.left = Math.max(28, ...values.map((value) => pen.measureText(label(value)).width + 10));
        pen.fillStyle = color("--soft");
        pen.strokeStyle = color("--grid");
        pen.textBaseline = "middle";
        pen.textAlign = "right";
        for (const value of values) {
          const y = this.y(value);
          pen.beginPath();
          pen.moveTo(this.left, y);
          pen.lineTo(this.width - 10, y);
          pen.stroke();
          pen.fillText(label(value), this.left - 6, y);
        }
        pen.textAlign = "center";
        pen.textBaseline = "alphabetic";
        const unit = settings.over !== "time" ? 1 : this.range[1] - this.range[0] < 180 ? 1 : this.range[1] - this.range[0] < 10800 ? 60 : 3600;
        const name = { step: "", epoch: "", time: { 1: " s", 60: " min", 3600: " h" }[unit] }[settings.over];
        for (const value of ticks(this.range[0] / unit, this.range[1] / unit, Math.max(2, Math.floor(this.width / 110)))) {
          pen.fillText(value.toLocaleString("en") + name, Math.min(this.width - 16, this.x(value * unit)), this.height - 6);
        }
      }

      path(pen, line, values) {
        let isDown = false;
        line.xs.forEach((x, index) => {
          const y = x === null ? null : this.y(values[index]);
          if (y === null) isDown = false;
          else if (isDown) pen.lineTo(this.x(x), y);
          else { pen.moveTo(this.x(x), y); isDown = true; }
        });
      }

      drawLine(pen, line) {
        const stroke = color(`--c${line.index % 8}`);
        this.values[line.index].swatch.style.background = stroke;
        pen.strokeStyle = pen.fillStyle = stroke;
        pen.lineJoin = "round";
        if (line.curve.low) {
          pen.globalAlpha = line.smooth ? 0.1 : 0.18;
          pen.beginPath();
          const spots = line.xs.map((x, index) => [x, this.y(line.high[index]), this.y(line.low[index])])
            .filter((spot) => spot[0] !== null && spot[1] !== null && spot[2] !== null);
          spots.forEach(([x, y]) => pen.lineTo(this.x(x), y));
          spots.reverse().forEach(([x, , y]) => pen.lineTo(this.x(x), y));
          pen.fill();
        }
        pen.globalAlpha = line.smooth ? 0.35 : 1;
        pen.lineWidth = line.smooth ? 1 : 1.6;
        pen.beginPath();
        this.path(pen, line, line.curve.mean);
        pen.stroke();
        if (line.xs.length <= 30) line.xs.forEach((x, index) => {
          const y = x === null ? null : this.y(line.curve.mean[index]);
          if (y !== null) { pen.beginPath(); pen.arc(this.x(x), y, 2.6, 0, 7); pen.fill(); }
        });
        pen.globalAlpha = 1;
        if (!line.smooth) return;
        pen.lineWidth = 2;
        pen.beginPath();
        this.path(pen, line, line.smooth);
        pen.stroke();
      }

      drawMarks(pen) {
        pen.strokeStyle = color("--mark");
        pen.lineWidth = 1;
        this.near = null;
        pen.setLineDash([3, 3]);
        records.sessions.forEach((session, index) => {
          for (const mark of session.marks) {
            const at = { step: mark.step, time: mark.time, epoch: epoch(index, mark.step) }[settings.over];
            if (at === null || at < this.range[0] || at > this.range[1]) continue;
            const x = this.x(at);
            pen.beginPath();
            pen.moveTo(x, 0);
            pen.lineTo(x, this.height - 24);
            pen.stroke();
            if (this.cursor !== null && Math.abs(this.x(this.cursor) - x) < 5) this.near = mark.text;
          }
        });
        pen.setLineDash([]);
      }

      drawCursor(pen) {
        if (this.drag !== null && this.pointer !== undefined) {
          pen.fillStyle = color("--focus");
          pen.globalAlpha = 0.12;
          pen.fillRect(Math.min(this.drag, this.pointer), 0, Math.abs(this.pointer - this.drag), this.height - 24);
          pen.globalAlpha = 1;
        }
        if (this.cursor !== null) {
          pen.strokeStyle = color("--soft");
          pen.beginPath();
          pen.moveTo(this.x(this.cursor), 0);
          pen.lineTo(this.x(this.cursor), this.height - 24);
          pen.stroke();
        }
        this.readout.textContent = this.cursor === null ? "" : place(this.cursor) + (this.near ? `: ${this.near}` : "");
        this.panel.curves.forEach((curve, index) => {
          const line = this.lines.find((one) => one.index === index);
          const values = line?.smooth ?? curve.mean;
          let found = values.length - 1;
          if (line && this.cursor !== null) {
            let nearest = Infinity;
            line.xs.forEach((x, at) => {
              const distance = x === null || values[at] === null ? Infinity : Math.abs(x - this.cursor);
              if (distance < nearest) [nearest, found] = [distance, at];
            });
            const [x, y] = [line.xs[found], this.y(values[found])];
            if (x !== null && y !== null) {
              pen.fillStyle = color(`--c${index % 8}`);
              pen.beginPath();
              pen.arc(this.x(x), y, 3.5, 0, 7);
              pen.fill();
            }
          }
          this.values[index].value.textContent = this.text(values[found]);
        });
      }
    }

    """#
}
