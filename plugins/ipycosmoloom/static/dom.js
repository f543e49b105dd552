// Elements of a page, and the moment before it is painted.

/** Make an element; attributes that begin with "on" are listeners, children are nodes or texts. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (typeof value === "boolean") made.toggleAttribute(name, value);
    else if (value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** Write a text or set an attribute, unless it is so already: every change lets the page lay itself out anew. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function put(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/** A canvas that is told its size; to ask for it would make the page lay itself out at once. */
export class Sheet {
  /** resized() is called with every size, the first included; it is 0 while the canvas is not on the page. */
  constructor(attributes, resized) {
    this.canvas = element("canvas", { role: "img", ...attributes });
    [this.width, this.height] = [0, 0];
    const observer = new ResizeObserver(([{ contentRect }]) => {
      [this.width, this.height] = [contentRect.width, contentRect.height];
      resized();
    });
    observer.observe(this.canvas);
  }

  /** Return an empty context of that size. */
  clear() {
    return prepare(this.canvas, this.width, this.height);
  }
}

/** Call before the next painting; a page that is not shown paints nothing, and must not wait for it. */
export function beforePainting(call) {
  let called = false;
  const once = () => {
    if (!called) {
      called = true;
      call();
    }
  };
  requestAnimationFrame(once);
  setTimeout(once, 200);
}

/** Give a canvas the pixels of its place on the page; return its context, in CSS pixels, and its size. */
export function prepare(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const [w, h] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  const context = canvas.getContext("2d");
  context.setTransform(w / width, 0, 0, h / height, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** Colours and font of the page's theme, as CSS gives them to an element. */
export function theme(root) {
  const style = getComputedStyle(root);
  const read = (name) => style.getPropertyValue(name).trim();
  return {
    text: read("--cl-text"), muted: read("--cl-muted"), line: read("--cl-line"), panel: read("--cl-panel"),
    generated: read("--cl-generated"), simulation: read("--cl-simulation"), font: style.fontFamily,
  };
}

/** The theme, read once it is needed, and a version that tells when it became another one. */
export class Look {
  constructor(root) {
    this.root = root;
    this.version = 0;
  }

  get colours() {
    this.read ??= theme(this.root);
    return this.read;
  }

  /** Read it again; tell whether it changed. */
  renew() {
    const before = this.read;
    this.read = theme(this.root);
    if (!before || Object.keys(before).every((name) => before[name] === this.read[name])) return false;
    this.version += 1;
    return true;
  }
}
