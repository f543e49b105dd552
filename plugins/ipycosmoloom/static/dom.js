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
