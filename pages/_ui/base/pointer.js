// A picture that can be pointed at: a point (click, tap, Enter) or a box (drag, Enter twice).
// Coordinates are shares of the picture's frame, from its top left corner. Nothing is trusted
// here: pages/_ui/base/pointer.py checks what arrives.

const drafts = new WeakMap(); // per picture: the crosshair, and the corner where a box begins
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP = 0.01;
const LEAST = 0.01; // a smaller box is a slip of the hand

const clamp = (x) => Math.min(1, Math.max(0, x));
const percent = (x) => `${Math.round(100 * x)}`;

export default function ({ data, parentElement, setStateValue }) {
  const $ = (name) => parentElement.querySelector(`.${name}`);
  const [stage, picture, mark, box, cross] = ["stage", "picture", "mark", "box", "cross"].map($);
  const draft = drafts.get(parentElement) ?? {};
  drafts.set(parentElement, draft);
  if (draft.src !== data.src) Object.assign(draft, { src: data.src, at: [0.5, 0.5], from: null });
  draft.value = data.value;

  picture.src = data.src;
  picture.alt = data.label;
  stage.style.setProperty("--ratio", data.ratio);
  stage.setAttribute("aria-label", data.label);
  stage.dataset.mode = data.mode;
  $("hint").textContent = data.words.hint;
  $("clear").textContent = data.words.clear;

  const span = ([x, y], [u, v]) => [Math.min(x, u), Math.min(y, v), Math.max(x, u), Math.max(y, v)];
  const put = (element, [x, y], [u, v] = [x, y]) => {
    element.style.cssText =
      `left:${100 * x}%;top:${100 * y}%;width:${100 * (u - x)}%;height:${100 * (v - y)}%`;
  };
  const say = (template, values) => {
    const [x, y, u, v] = values.map(percent);
    const fields = { x, y, u, v, width: percent(values[2] - values[0]), height: percent(values[3] - values[1]) };
    $("said").textContent = template.replace(/\{(\w+)\}/g, (_, name) => fields[name]);
  };

  function draw() {
    const value = draft.from ? span(draft.from, draft.at) : draft.value;
    put(cross, draft.at);
    mark.hidden = !value || data.mode !== "point";
    box.hidden = !value || data.mode !== "box";
    $("clear").hidden = !draft.value;
    if (!mark.hidden) put(mark, value);
    if (!box.hidden) put(box, value.slice(0, 2), value.slice(2));
    say(value ? data.words.chosen : data.words.nothing, value ?? []);
  }

  function choose(value) {
    draft.from = null;
    draft.value = value && value.map((x) => Number(x.toFixed(4)));
    setStateValue("value", draft.value);
    draw();
  }

  function finish() {
    const [x, y, u, v] = span(draft.from, draft.at);
    draft.from = null;
    if (u - x >= LEAST && v - y >= LEAST) choose([x, y, u, v]);
    else draw();
  }

  const place = (event) => {
    const frame = picture.getBoundingClientRect();
    return [(event.clientX - frame.left) / frame.width, (event.clientY - frame.top) / frame.height];
  };

  stage.onpointerdown = (event) => {
    const at = place(event);
    if (event.button !== 0 || at.some((x) => !(x >= 0 && x <= 1))) return;
    draft.at = at;
    if (data.mode === "box") {
      draft.from = at;
      draft.dragged = true;
      stage.setPointerCapture(event.pointerId);
      draw();
    }
  };
  stage.onpointermove = (event) => {
    if (!draft.dragged) return;
    draft.at = place(event).map(clamp);
    draw();
  };
  stage.onpointerup = () => {
    if (draft.dragged && draft.from) finish();
    draft.dragged = false;
  };
  stage.onpointercancel = () => {
    draft.from = null;
    draft.dragged = false;
    draw();
  };
  stage.onclick = (event) => {
    // not at pointerdown: a finger that scrolls the page chooses nothing
    const at = place(event);
    if (data.mode !== "point" || at.some((x) => !(x >= 0 && x <= 1))) return;
    draft.at = at;
    choose(at);
  };

  stage.onkeydown = (event) => {
    const arrow = ARROWS[event.key];
    if (arrow) {
      const step = STEP * (event.shiftKey ? 10 : 1);
      draft.at = draft.at.map((x, i) => clamp(x + step * arrow[i]));
      draw();
      say(data.words.crosshair, draft.at);
    } else if (event.key === "Enter" || event.key === " ") {
      if (data.mode === "point") choose(draft.at);
      else if (draft.from) finish();
      else {
        draft.from = draft.at;
        $("said").textContent = data.words.corner;
      }
    } else if (event.key === "Escape") {
      if (draft.from) {
        draft.from = null;
        draw();
      } else if (draft.value) choose(null);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  $("clear").onclick = () => {
    choose(null);
    stage.focus(); // the button that had the focus has gone
  };

  draw();
}
