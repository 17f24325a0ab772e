// The one stream of events of this page. It reconnects by itself and asks for what it missed.

/**
 * Follows the engine's events.
 * `listeners`: event(message), resync() after a gap, state("live" | "connecting" | "lost" | "refused").
 */
export function follow(listeners) {
  let source = null;
  let wasOpen = false;
  let isWaiting = false;

  const open = () => {
    source = new EventSource("/api/v1/events");
    source.addEventListener("open", () => {
      listeners.state("live");
      // Between the first reading of the records and this moment something may have happened.
      listeners.resync(wasOpen);
      wasOpen = true;
    });
    source.addEventListener("message", (event) => listeners.event(JSON.parse(event.data)));
    source.addEventListener("resync", () => listeners.resync(true));
    source.addEventListener("error", () => {
      const isClosed = source.readyState === EventSource.CLOSED;
      listeners.state(isClosed ? "lost" : "connecting");
      // The browser gives up where the answer was no stream; the server may be back soon.
      if (isClosed && !isWaiting) again();
    });
  };

  /** Tries again later; a server that does not know this page any more is left in peace for longer. */
  const again = async () => {
    isWaiting = true;
    let isRefused = false;
    try {
      isRefused = (await fetch("/api/v1/devices")).status === 401;
    } catch {
      // It does not answer at all.
    }
    if (isRefused) listeners.state("refused");
    setTimeout(() => {
      isWaiting = false;
      open();
    }, isRefused ? 30000 : 3000);
  };

  open();
  window.addEventListener("pagehide", () => source.close());
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) open();
  });
}
