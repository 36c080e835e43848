// Small helpers to build and renew elements; text is always set as text.

export const byId = (id) => document.getElementById(id);

export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

export const mark = (state) => element("span", { className: `mark ${state}`, ariaHidden: "true" });

// Renews a list by key, so that focus stays where it is while others come and go: on the same action, else on the first.
export function renew(list, items, keyOf, make) {
  const there = new Map([...list.children].map((child) => [child.dataset.key, child]));
  let before = null;
  for (const item of items) {
    const key = keyOf(item);
    const content = JSON.stringify(item);
    let child = there.get(key);
    if (!child || child.dataset.content !== content) {
      const fresh = make(item);
      fresh.dataset.key = key;
      fresh.dataset.content = content;
      const focused = child?.contains(document.activeElement) ? document.activeElement.dataset.action : null;
      child?.replaceWith(fresh);
      child = fresh;
      if (focused) (child.querySelector(`[data-action="${focused}"]`) ?? child.querySelector("[data-action]"))?.focus();
    }
    there.delete(key);
    const next = before ? before.nextElementSibling : list.firstElementChild;
    if (next !== child) list.insertBefore(child, next);
    before = child;
  }
  for (const child of there.values()) child.remove();
  while (before?.nextElementSibling) before.nextElementSibling.remove();
}

export function announce(text) {
  byId("announcer").textContent = text;
}

export function ago(time) {
  const seconds = Math.max(0, (Date.now() - Date.parse(time)) / 1000);
  for (const [unit, size] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    const count = Math.floor(seconds / size);
    if (count) return `${count} ${unit}${count > 1 ? "s" : ""} ago`;
  }
  return "just now";
}

export function duration(seconds) {
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
