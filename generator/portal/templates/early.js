// Stands in the page and runs before anything is painted, without a request: neither a reader's choice of light or dark nor the tabs may flash.
try {
  document.documentElement.style.colorScheme = localStorage.getItem("theme") || "";
} catch {
  // Storage is switched off: the system's preference holds.
}
// Modules, which make the tabs, do not run from files: there everything stays spread out.
if (location.protocol !== "file:") document.documentElement.classList.add("live");
