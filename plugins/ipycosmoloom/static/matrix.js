// Turning a box: yaw about its y axis, pitch about the screen's horizon.

/** Unit vectors of the screen in the box's axes: right, up, and towards the eye; angles in degrees. */
export function orbit([yaw, pitch]) {
  const [a, b] = [(yaw * Math.PI) / 180, (pitch * Math.PI) / 180];
  return {
    right: [Math.cos(a), 0, -Math.sin(a)],
    up: [-Math.sin(a) * Math.sin(b), Math.cos(b), -Math.cos(a) * Math.sin(b)],
    eye: [Math.sin(a) * Math.cos(b), Math.sin(b), Math.cos(a) * Math.cos(b)],
  };
}

export function dot(a, b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** Where a point of the unit cube is seen, in sides of the cube from the middle. */
export function seen(point, { right, up }) {
  const from = point.map((value) => value - 0.5);
  return [dot(from, right), dot(from, up)];
}

/** Edges of the unit cube, as pairs of corners. */
export const EDGES = [0, 1, 2].flatMap((axis) =>
  [[0, 0], [0, 1], [1, 0], [1, 1]].map(([a, b]) => {
    const start = [0, 0, 0];
    start[(axis + 1) % 3] = a;
    start[(axis + 2) % 3] = b;
    const end = [...start];
    end[axis] = 1;
    return { axis, start, end };
  }),
);

/** Whether an edge lies behind the cube: both of its faces look away from the eye. */
export function hidden({ axis, start }, { eye }) {
  return [1, 2].every((step) => {
    const other = (axis + step) % 3;
    return (start[other] === 1 ? eye[other] : -eye[other]) < 0;
  });
}

/** The edge of an axis that carries its ticks: of the outline's two, the lower one, or the left one for y. */
export function tickEdge(axis, view) {
  const outline = EDGES.filter((edge) => edge.axis === axis).filter(({ start }) => {
    const faces = [1, 2].map((step) => {
      const other = (axis + step) % 3;
      return (start[other] === 1 ? view.eye[other] : -view.eye[other]) > 0;
    });
    return faces[0] !== faces[1];
  });
  const height = ({ start, end }) => {
    const middle = start.map((value, i) => (value + end[i]) / 2);
    const [x, y] = seen(middle, view);
    return axis === 1 ? x : y;
  };
  return outline.sort((a, b) => height(a) - height(b))[0];
}
