// The search's words and ranks: both spellings are one, forms of a word too, and a section is found by its title before one that only speaks of it.

import assert from "node:assert/strict";
import test from "node:test";
import { finder, pieces, quote } from "../../book/_static/finder.mjs";
import { asked, stem, wordsOf } from "../../book/_static/words.mjs";

const PAIRS = `colour color, colours colors, coloured colored, behaviour behavior, grey gray, greys grays, greyscale grayscale, optimise optimize, optimisation optimization,
regularised regularized, generalising generalizing, optimiser optimizer, analyse analyze, modelling modeling, labelled labeled, centre center, neighbour neighbor, artefact artifact,
reparametrization reparameterization, reparametrisation reparameterization, reparametrize reparameterize, licence license, catalogue catalog`.split(/,\s+/);
const FORMS = "latents latent, posteriors posterior, entropies entropy, sampling sampled, overfitting overfit, trains training, blurred blurs, noises noise, dropping dropped, images image".split(", ");
const APART = "prior posterior, mean meaning_, bound bounce, encoder decoder, four for, kl kld, bias bis, loss los, class clas, mass mas".split(", ");

test("both spellings of a word are one, and so are its forms; other words stay apart", () => {
  for (const pair of [...PAIRS, ...FORMS]) {
    const [one, other] = pair.split(" ");
    assert.equal(stem(one), stem(other), pair);
  }
  for (const pair of APART) {
    const [one, other] = pair.split(" ");
    assert.notEqual(stem(one), stem(other), pair);
  }
});

test("a stem is its own stem for every word of a text, so that index and question agree", () => {
  assert.deepEqual(asked("auto-encoder"), asked("autoencoders"));
  assert.deepEqual(asked("Auto encoder"), asked("autoencoder"));
  assert.deepEqual(asked("why is it blurry"), [stem("blurry")]);
  assert.deepEqual(asked("what is it"), ["what", "is", "it"].map(stem), "small words count where there is no other");
  assert.deepEqual(asked("na\u00efve caf\u00e9"), asked("naive cafe"));
});

test("the places of words are their places in the text", () => {
  const text = "An auto-encoder\u2019s grey, \u201ccoloured\u201d KL (na\u00efve)";
  for (const { word, at, end } of wordsOf(text)) assert.equal(text.slice(at, end).toLowerCase().replace("-", "").normalize("NFKD").replace(/\p{M}/gu, ""), word);
});

const index = {
  pages: [["notebooks/a.html", "Training"], ["book/api_models.html", "Models"], ["book/glossary.html", "Glossary"]],
  sections: [
    [0, "", "Training", "", "The bound rises while the network is trained. Of the KL nothing is said."],
    [0, "collapse", "The KL is 0", "posterior collapse; KL vanishing", "All images have the same code. A stronger decoder needs no latents at all."],
    [0, "grays", "A score of greys", "", "Pixels with a gray value. ".repeat(20) + "Their colours are kept. " + "And so on for long. ".repeat(20)],
    [1, "vaelib.kl", "kl", "", "The KL of two Gaussians."],
    [2, "term-kl", "KL divergence", "", "A distance that is none."],
  ],
};
const find = finder(index);
const anchors = (question) => find(question).map(({ anchor }) => anchor);

test("a section is found by its title, its further words and its text, the reference last", () => {
  assert.equal(anchors("KL vanishing")[0], "collapse");
  assert.equal(anchors("posterior collapse")[0], "collapse");
  assert.deepEqual(anchors("color"), ["grays"]);
  assert.equal(anchors("KL").at(-1) === "vaelib.kl" || anchors("KL").indexOf("vaelib.kl") > anchors("KL").indexOf("term-kl"), true);
  assert.equal(anchors("vaelib.kl")[0], "vaelib.kl");
  assert.deepEqual(anchors("zebra"), []);
  assert.deepEqual(anchors("  "), []);
  assert.equal(anchors("decod")[0], "collapse", "the beginning of a word will do");
});

test("a section that answers all words comes before any that answers some, and some are better than none", () => {
  const found = find("network trained zebra");
  assert.equal(found[0].anchor, "");
  assert.ok(found.every(({ met }) => met >= 1));
});

test("a quotation holds the word that was asked for, is short, and is cut between words", () => {
  const text = index.sections[2][4];
  const told = quote(text, "color");
  assert.match(told, /colours/);
  assert.ok(told.length < 260 && told.startsWith("\u2026 ") && told.endsWith(" \u2026"));
  assert.ok(text.includes(told.slice(2, -2)) && /\s/.test(text[text.indexOf(told.slice(2, -2)) + told.length - 4]));
  assert.equal(quote("Short.", "nothing"), "Short.");
  assert.equal(pieces(text, "color").map(([words]) => words).join(""), text);
  assert.deepEqual(pieces("Grey and gray", "greys").filter(([, found]) => found).map(([words]) => words), ["Grey", "gray"]);
});
