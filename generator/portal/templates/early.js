// Stands in the page and runs before anything is painted, without a request: neither a reader's choice of light or dark
// nor the tabs may flash. Everything else that runs is a module, and waits for the paint.
{
  const root = document.documentElement;
  const { modules } = document.currentScript.dataset;
  try {
    root.style.colorScheme = localStorage.getItem("theme") || "";
  } catch {
    // Storage is switched off: the system's preference holds.
  }
  // Modules, which make the tabs, do not run from files: there everything stays spread out.
  if (location.protocol !== "file:") {
    root.classList.add("live");
    const parsed = new Promise((resolve) => addEventListener("DOMContentLoaded", resolve));
    Promise.all([parsed, painted()]).then(() => {
      for (const src of modules.split(" ")) {
        document.head.append(Object.assign(document.createElement("script"), { type: "module", async: false, src }));
      }
    });
  }

  // What is out of sight waits too (portal.css): not for those who come to a place within the page, or back to one.
  async function painted() {
    if (location.hash || performance.getEntriesByType("navigation")[0]?.type !== "navigate") return;
    root.classList.add("unpainted");
    await new Promise((resolve) => {
      new PerformanceObserver(resolve).observe({ type: "paint", buffered: true });
      setTimeout(resolve, 2000); // A tab in the background is not painted until somebody looks at it.
    });
    root.classList.remove("unpainted");
  }
}
