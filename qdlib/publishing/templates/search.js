// Filters the entries of the index as the reader types. No request, no storage, no markup from data.
(() => {
  const at = id => document.getElementById(id);
  const fold = text => text.normalize('NFKC').toLowerCase();
  const known = JSON.parse(at('entries').textContent);
  const entries = known.all.map(([title, kind, address, words]) => ({title, kind, address, text: fold(title + ' ' + words)}));
  const show = () => {
    const query = fold(at('query').value).trim();
    const words = query.split(/\s+/);
    const rank = entry => fold(entry.title).startsWith(query) ? 0 : fold(entry.title).includes(query) ? 1 : 2;
    const found = query ? entries.filter(entry => words.every(word => entry.text.includes(word))) : [];
    found.sort((one, other) => rank(one) - rank(other));
    at('count').textContent = !query ? '' : found.length ? known.found.replace('{n}', found.length) : known.none;
    at('found').replaceChildren(...found.slice(0, 20).map(entry => {
      const item = document.createElement('li');
      const link = document.createElement('a');
      const kind = document.createElement('span');
      link.href = entry.address;
      link.textContent = entry.title;
      kind.textContent = known.kinds[entry.kind];
      item.append(link, ' ', kind);
      return item;
    }));
  };
  at('search').hidden = false;
  at('query').addEventListener('input', show);
  show();
})();
