/// The style sheet of a report.
enum ReportStyle {
  /// Eight shades of green for what is right and of red for what is wrong.
  private static let shades = (1...8).map { shade in
    let part = 6 + 7 * shade
    return
      ".right.shade-\(shade) { background: color-mix(in srgb, var(--done) \(part)%, transparent); } "
      + ".wrong.shade-\(shade) { background: color-mix(in srgb, var(--bad) \(part)%, transparent); }"
  }.joined(separator: "\n    ")

  static let text = """
    :root {
      color-scheme: light dark;
      --paper: #f6f4ef; --surface: #fff; --raised: #fbfaf7; --ink: #20242b; --soft: #5c6470;
      --line: #e2ded4; --grid: #ece9e1; --focus: #1f6fd6; --mark: #b45309;
      --good: #1f7a4d; --bad: #b3261e; --wait: #8f6400; --done: #2563ad;
      --c0: #2f6fd0; --c1: #c9601d; --c2: #25855b; --c3: #a855a0; --c4: #92700d; --c5: #2b8399;
      --c6: #c4455a; --c7: #756bd0;
      --h-still: #7d8fb3; --h-slow: #3f86d1; --h-good: #2f9e66; --h-fast: #e0a021; --h-wild: #d5402f;
      --front: #cddaf0; --lid: #e8eef8; --side: #a9bcdc; --edge: #aeb6c3;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #14161a; --surface: #1c1f25; --raised: #22262d; --ink: #e8e6e1; --soft: #a3abb8;
        --line: #323740; --grid: #2b3038; --focus: #6aa6ff; --mark: #f0a04b;
        --good: #63c393; --bad: #f2867d; --wait: #dcae4a; --done: #7fb2f0;
        --c0: #6ea3f2; --c1: #ee9a5f; --c2: #5cc79a; --c3: #d48ccc; --c4: #d0ad4a; --c5: #6cc0d3;
        --c6: #ee8494; --c7: #a9a0f2;
        --front: #3a4a68; --lid: #52658a; --side: #2b3850; --edge: #565f6d;
      }
    }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 "Inter",
      "Segoe UI", system-ui, -apple-system, "Helvetica Neue", sans-serif; }
    .top, main { max-width: 1180px; margin: 0 auto; padding: 0 16px; }
    .top { padding-top: 28px; }
    h1 { margin: 0; font-size: 26px; letter-spacing: -0.01em; overflow-wrap: anywhere; }
    h2 { margin: 0 0 12px; font-size: 19px; overflow-wrap: anywhere; }
    h3 { margin: 18px 0 8px; font-size: 15px; }
    .top p, .hint { margin: 4px 0 16px; color: var(--soft); }
    section { background: var(--surface); border: 1px solid var(--line); border-radius: 12px;
      padding: 18px; margin: 0 0 18px; }
    .tools { display: flex; flex-wrap: wrap; gap: 8px 22px; align-items: center; }
    .tools label { display: flex; gap: 8px; align-items: center; color: var(--soft); }
    .hint { margin: 6px 0 12px; font-size: 13px; }
    select, button { font: inherit; color: var(--ink); background: var(--raised);
      border: 1px solid var(--line); border-radius: 7px; padding: 3px 9px; }
    button { font-size: 13px; cursor: pointer; }
    button[aria-pressed="true"] { background: var(--ink); color: var(--surface); }
    input[type="range"] { width: 130px; accent-color: var(--focus); }
    #weight { min-width: 2.6em; }
    :focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
    .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr));
      gap: 14px; }
    figure { margin: 0; }
    .chart { border: 1px solid var(--line); border-radius: 10px; padding: 10px 12px; min-width: 0; }
    .chart figcaption { display: flex; gap: 8px; align-items: center; }
    .chart h3 { margin: 0; }
    .chart output { flex: 1; text-align: right; font-size: 13px; color: var(--soft);
      font-variant-numeric: tabular-nums; min-height: 1.5em; }
    canvas { display: block; width: 100%; height: 230px; touch-action: pan-y; cursor: crosshair; }
    .legend { list-style: none; margin: 6px 0 0; padding: 0; display: flex; flex-wrap: wrap;
      gap: 2px 12px; max-height: 110px; overflow-y: auto; }
    .legend button { border: 0; background: none; padding: 2px 4px; display: flex; gap: 6px;
      align-items: center; text-align: left; }
    .legend button[aria-pressed="true"] { background: none; color: var(--ink); }
    .legend button[aria-pressed="false"] { color: var(--soft); text-decoration: line-through; }
    .legend i { width: 14px; height: 3px; border-radius: 2px; flex: none; }
    .legend b { font-variant-numeric: tabular-nums; font-weight: 600; }
    .scroll { overflow-x: auto; }
    .tall { max-height: 420px; overflow-y: auto; }
    table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
    th, td { text-align: left; padding: 4px 14px 4px 0; border-bottom: 1px solid var(--line);
      font-weight: 400; vertical-align: top; }
    thead th { color: var(--soft); font-size: 12.5px; white-space: nowrap; }
    td:last-child:not(.number) { overflow-wrap: anywhere; min-width: 13em; }
    .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    .moment { white-space: nowrap; font-variant-numeric: tabular-nums; color: var(--soft); }
    tr.asked td { color: var(--mark); font-weight: 600; }
    .value { overflow-wrap: anywhere; }
    .facts { display: flex; flex-wrap: wrap; gap: 8px 26px; margin: 0; }
    .facts div { min-width: 0; }
    dt { font-size: 12.5px; color: var(--soft); }
    dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
    .state { font-size: 13px; font-weight: 600; color: var(--wait); }
    .running { color: var(--good); } .finished, .stopped { color: var(--done); }
    .failed, .crashed { color: var(--bad); }
    summary { cursor: pointer; color: var(--soft); margin-top: 12px; }
    summary h3 { display: inline-block; margin: 0; color: var(--ink); }
    .network-area { overflow-x: auto; margin-bottom: 12px; }
    .network-area svg { display: block; margin: 0 auto; max-width: 100%; height: auto; }
    .network .box { fill: var(--raised); stroke: var(--line); }
    .network .edge { stroke: var(--edge); }
    .network .name { fill: var(--ink); }
    .network .detail, .network .shape, .network .reading { fill: var(--soft); }
    .network .front { fill: var(--front); } .network .lid { fill: var(--lid); }
    .network .side { fill: var(--side); } .network .health { fill: transparent; }
    .network .still .health { fill: var(--h-still); } .network .slow .health { fill: var(--h-slow); }
    .network .good .health { fill: var(--h-good); } .network .fast .health { fill: var(--h-fast); }
    .network .wild .health { fill: var(--h-wild); }
    .filters { margin: 0 0 14px; }
    .filters img { max-width: 100%; height: auto; image-rendering: pixelated; }
    .filters figcaption { color: var(--soft); font-size: 13px; }
    .confusion { width: auto; font-size: 13px; } .confusion td { padding: 4px 8px; min-width: 34px; }
    .confusion th[scope="col"] { max-width: 90px; white-space: normal; text-align: right; padding: 4px 8px; }
    \(shades)
    .worst { display: flex; flex-wrap: wrap; gap: 12px; } .worst img { image-rendering: pixelated; border-radius: 4px; }
    .worst figure { width: 96px; } .worst figcaption { font-size: 12px; color: var(--soft); overflow-wrap: anywhere; }
    .map { margin: 16px 0 0; } .map svg { max-width: 100%; height: auto; border-radius: 8px; }
    h4 { margin: 16px 0 8px; font-size: 14px; }
    .scale { display: flex; gap: 8px; align-items: center; margin: 2px 0; font-size: 13px;
      font-variant-numeric: tabular-nums; }
    @media (max-width: 520px) {
      .top, main { padding: 0 8px; } .top { padding-top: 16px; } section { padding: 12px 10px; }
      .chart { padding: 8px; } canvas { height: 200px; }
    }
    @media print { body { background: #fff; } section { break-inside: avoid; } .tools { display: none; } }
    """
}
