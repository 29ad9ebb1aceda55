// The way of the front door's point: through every place, closed, without a jump, slower where it passes a place.

import assert from "node:assert/strict";
import test from "node:test";
import { TRAITS, shared } from "../../vaelib/widgets/js/widgets/front_door/index.mjs";
import { tour } from "../../vaelib/widgets/js/widgets/front_door/tour.mjs";

const PLACES = Array.from({ length: 10 }, (_, i) => [2 * Math.cos(i / 1.6) + 0.3 * Math.sin(5 * i), 2 * Math.sin(i / 1.6)]);
const far = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);

test("the way passes through every place and closes", () => {
  const way = tour(PLACES);
  for (const place of PLACES) assert.ok(far(way.at(way.nearest(place)), place) < 1e-9);
  assert.ok(far(way.at(way.duration - 1e-9), PLACES[0]) < 1e-6);
  assert.ok(far(way.at(2.5 * way.duration), way.at(0.5 * way.duration)) < 1e-9, "round and round");
  assert.ok(far(way.at(-1), way.at(way.duration - 1)) < 1e-9);
});

test("it never jumps and nowhere turns a corner", () => {
  const way = tour(PLACES);
  const dt = 0.01;
  let before = null;
  for (let time = 0; time < way.duration + 1; time += dt) {
    const [from, to] = [way.at(time), way.at(time + dt)];
    const velocity = to.map((value, axis) => (value - from[axis]) / dt);
    assert.ok(Math.hypot(...velocity) < 0.55);
    if (before) assert.ok(far(velocity, before) < 0.1, `a corner at ${time}`);
    before = velocity;
  }
});

test("the point lingers at a place", () => {
  const way = tour(PLACES);
  const speed = (time) => far(way.at(time - 0.02), way.at(time + 0.02)) / 0.04;
  for (const [i, place] of PLACES.entries()) {
    const [here, next] = [way.nearest(place), way.nearest(PLACES[(i + 1) % 10]) || way.duration];
    assert.ok(speed(here) < 0.7 * speed((here + next) / 2), `at place ${i}`);
  }
});

test("a link carries the drawing, the glide and z, and no place of the tour", () => {
  assert.deepEqual(shared, ["drawing", "gliding", "z"]);
  const { accept } = TRAITS.drawing;
  assert.equal(accept(""), "");
  for (const wrong of ["no drawing", 7, null, `${"A".repeat(131)}!`]) assert.equal(accept(wrong), undefined);
  assert.equal(accept(`${"A".repeat(130)}8=`), `${"A".repeat(130)}8=`);
});
