// Runs before the page is painted: a reader's choice of light or dark must not flash.
try {
  document.documentElement.style.colorScheme = localStorage.getItem("theme") || "";
} catch {
  // Storage is switched off: the system's preference holds.
}
