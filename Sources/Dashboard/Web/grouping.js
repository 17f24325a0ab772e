// Runs that share a setting as one line: their mean, with a band of one standard deviation to each side.

const middle = (bucket) => (bucket.firstStep + bucket.lastStep) / 2;

/** A run's mean at a step, straight between its buckets; `null` before its first and behind its last. */
export function reader(buckets) {
  const points = buckets.filter((bucket) => bucket.mean !== null && bucket.mean !== undefined).map((bucket) => [middle(bucket), bucket.mean, bucket.lastTime]);
  let at = 0;
  return (step) => {
    if (!points.length || step < points[0][0] || step > points.at(-1)[0]) return null;
    while (at > 0 && points[at][0] > step) at -= 1;
    while (at < points.length - 1 && points[at + 1][0] <= step) at += 1;
    const [left, right] = [points[at], points[at + 1] ?? points[at]];
    const part = right[0] > left[0] ? (step - left[0]) / (right[0] - left[0]) : 0;
    return [left[1] + (right[1] - left[1]) * part, left[2] + (right[2] - left[2]) * part];
  };
}

/** One series for each group; `groupOf(line)` gives `{ label, color }`, `across` goes with its series. */
export function grouped(series, groupOf) {
  const groups = new Map();
  for (const one of series) {
    const group = groupOf(one.line);
    const members = groups.get(group.label) ?? { group, list: [] };
    members.list.push(one);
    groups.set(group.label, members);
  }
  return [...groups.values()].map(({ group, list }) => {
    // The steps of the run with most of them; the others are read in between.
    const grid = list.reduce((a, b) => (b.buckets.length > a.buckets.length ? b : a));
    const readers = list.map((one) => reader(one.buckets));
    const buckets = grid.buckets.map((bucket) => {
      const found = readers.map((read) => read(middle(bucket))).filter(Boolean);
      const mean = found.length ? found.reduce((sum, [value]) => sum + value, 0) / found.length : null;
      const spread = found.length > 1 ? Math.sqrt(found.reduce((sum, [value]) => sum + (value - mean) ** 2, 0) / (found.length - 1)) : 0;
      return { firstStep: bucket.firstStep, lastStep: bucket.lastStep, count: found.length, nonFiniteCount: 0, mean, last: mean,
        lastTime: found.length ? found.reduce((sum, [, time]) => sum + time, 0) / found.length : bucket.lastTime,
        minimum: mean === null ? null : mean - spread, maximum: mean === null ? null : mean + spread };
    });
    const across = list.every((one) => one.across) ? meanOf(list.map((one) => reader(one.across)), grid.buckets) : undefined;
    return { session: grid.session, key: grid.key, buckets, across, totalCount: list.reduce((sum, one) => sum + one.totalCount, 0),
      line: { ...grid.line, label: `${group.label} · ${list.length} ${list.length === 1 ? "run" : "runs"}`, color: group.color, isPinned: false } };
  });
}

/** The mean of several runs at the steps of some buckets, as buckets. */
function meanOf(readers, buckets) {
  return buckets.map((bucket) => {
    const found = readers.map((read) => read(middle(bucket))).filter(Boolean);
    return { ...bucket, mean: found.length ? found.reduce((sum, [value]) => sum + value, 0) / found.length : null };
  });
}
