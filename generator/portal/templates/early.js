// Stands in the page and runs before anything is painted, without a request: neither a reader's choice of light or dark nor the tabs may flash.
{
  const root = document.documentElement;
  try {
    root.style.colorScheme = localStorage.getItem("theme") || "";
  } catch {
    // Storage is switched off: the system's preference holds.
  }
  // Modules, which make the tabs, do not run from files: there everything stays spread out.
  if (location.protocol !== "file:") root.classList.add("live");
  // Until the first paint, what is out of sight waits: not for those who come to a place within the page, or back to one.
  if (!location.hash && performance.getEntriesByType("navigation")[0]?.type === "navigate") {
    root.classList.add("unpainted");
    const painted = () => {
      root.classList.remove("unpainted");
      root.dispatchEvent(new Event("painted"));
    };
    new PerformanceObserver(painted).observe({ type: "paint", buffered: true });
  }
}
