// Marks on a map: what lies inside stays where it is, what lies outside gets an arrow at the frame that points to it.

import assert from "node:assert/strict";
import test from "node:test";
import { drawLabels, withinFrame } from "../../vaelib/widgets/js/draw/marks.mjs";

const FRAME = { left: 0, top: 0, right: 100, bottom: 100 };

test("a place within the frame, its edge included, is left alone", () => {
  for (const place of [[50, 50], [0, 100]]) assert.deepEqual(withinFrame(place, FRAME), { place, outside: false, away: [0, 0] });
});

test("a place outside is marked at the nearest border, pointing out, however far away it is", () => {
  for (const far of [120, 1e9, 1e300]) {
    const { place, outside, away } = withinFrame([far, 50], FRAME);
    assert.ok(outside && place[0] <= 100 && place[1] === 50);
    assert.deepEqual(away, [1, 0]);
  }
  const corner = withinFrame([-90, 190], FRAME);
  assert.ok(corner.away[0] < 0 && corner.away[1] > 0);
  assert.ok(Math.abs(Math.hypot(...corner.away) - 1) < 1e-12);
});

test("a label steps aside for the ring, and only then", () => {
  const drawn = [];
  const context = { save() {}, restore() {}, strokeText() {}, fillText: (text, x, y) => drawn.push([text, Math.round(x), Math.round(y)]) };
  drawLabels(context, [{ text: "1", x: 50, y: 50 }, { text: "2", x: 60, y: 50 }, { text: "3", x: 90, y: 90 }], [50, 50], {});
  assert.deepEqual(drawn, [["1", 50, 27], ["2", 73, 50], ["3", 90, 90]]);
});
