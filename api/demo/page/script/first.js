/** Sets language and colours before anything is painted; no module, so that nothing flickers. */
(() => {
  const kept = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage is closed to us: the browser's own wishes hold
    }
  };
  const root = document.documentElement;
  const chinese = (navigator.language || "").toLowerCase().startsWith("zh");
  root.lang = kept("peiyuan.language") ?? (chinese ? "zh-CN" : "en");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => {
    root.dataset.theme = kept("peiyuan.theme") ?? (dark.matches ? "dark" : "light");
  };
  paint();
  dark.addEventListener("change", paint);
})();
