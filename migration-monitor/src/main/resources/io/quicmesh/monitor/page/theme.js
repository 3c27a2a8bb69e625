// Light or dark: as the system says, unless the user chose. Runs before the first paint.
(() => {
  const KEY = 'quicmesh-theme';
  const ORDER = ['auto', 'light', 'dark'];
  const system = matchMedia('(prefers-color-scheme: dark)');

  const chosen = () => localStorage.getItem(KEY) ?? 'auto';
  const apply = () => {
    const choice = chosen();
    const theme = choice === 'auto' ? (system.matches ? 'dark' : 'light') : choice;
    document.documentElement.dataset.theme = theme;
    const button = document.getElementById('theme');
    if (button) {
      button.textContent = choice[0].toUpperCase() + choice.slice(1);
      button.setAttribute('aria-label',
        'Colours: ' + (choice === 'auto' ? 'as the system' : choice) + '. Change');
    }
    document.dispatchEvent(new Event('themechange'));
  };

  system.addEventListener('change', apply);
  document.addEventListener('DOMContentLoaded', () => {
    document.getElementById('theme').addEventListener('click', () => {
      localStorage.setItem(KEY, ORDER[(ORDER.indexOf(chosen()) + 1) % ORDER.length]);
      apply();
    });
    apply();
  });
  apply();
})();
