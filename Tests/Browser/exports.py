"""What leaves the page as a table, and how curves come into it."""

from view import Failure

CELLS = {
    "=cmd|' /C calc'!A0": "'=cmd|' /C calc'!A0",
    "+1": "'+1",
    "-1": "'-1",
    "@SUM(A1)": "'@SUM(A1)",
    "a,\"b\"": "\"a,\"\"b\"\"\"",
    "\r=1": "\"'\r=1\"",
    "plain": "plain",
}


def check_exports(view):
    """H7: a name that is a formula stays text in a table; numbers stay numbers."""
    for name, expected in CELLS.items():
        cell = view.page.evaluate("async (name) => (await import('/web/exporting.js')).cell(name)", name)
        if cell != expected:
            raise Failure(f"The table's cell for {name!r} is {cell!r}, not {expected!r}.")
    cell = view.page.evaluate("async () => (await import('/web/exporting.js')).cell(-1.5)")
    if cell != "-1.5":
        raise Failure(f"The table's cell for the number -1.5 is {cell!r}.")


def check_bytes(view, session):
    """Curves that came as bytes are those that come as JSON."""
    differing = view.page.evaluate(
        """async (id) => {
          const api = await import('/web/api.js');
          const window = { from: 0, to: 20, pixels: 10 };
          const [one] = await api.series(id, ['train/loss'], window);
          const [other] = await (await fetch(
            `/api/v1/sessions/${id}/series?keys=train%2Floss&from=0&to=20&pixels=10`)).json();
          if (!one.buckets.length || one.buckets.length !== other.buckets.length) return 'how many buckets';
          if (one.session !== other.session || one.key !== other.key) return 'whose they are';
          for (const [index, bucket] of other.buckets.entries()) {
            for (const [name, number] of Object.entries(bucket)) {
              if (one.buckets[index][name] !== number) return `${name} of bucket ${index}`;
            }
          }
          return null;
        }""", session)
    if differing:
        raise Failure(f"Curves as bytes and as JSON differ in {differing}.")
