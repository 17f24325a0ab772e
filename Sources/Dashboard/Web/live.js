// The one stream of events of this page. It reconnects by itself and asks for what it missed.

/**
 * Follows the engine's events.
 * `listeners`: event(message), resync() after a gap, state("live" | "connecting" | "lost").
 */
export function follow(listeners) {
  let source = null;
  let wasOpen = false;
  let timer = null;

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
      if (isClosed && timer === null) {
        timer = setTimeout(() => {
          timer = null;
          open();
        }, 3000);
      }
    });
  };

  open();
  window.addEventListener("pagehide", () => source.close());
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) open();
  });
}
