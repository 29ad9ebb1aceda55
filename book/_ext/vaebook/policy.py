"""What a page may run and whom it may ask: the Content Security Policy, and the theme's inline scripts gathered into one that
the policy knows by its hash. Not here: what the theme loads in vain (theme.py), what a stored widget may hold (widgets.py).

A script or an event handler inside the page, wherever it comes from, is refused unless it is letter for letter this one script.
"""

import base64
import hashlib
import re

# What the theme and its extensions say inside the page; each is left out, and what any of them still decides is in SETTINGS.
THEIRS = re.compile(
    r"""<script(?:\ data-cfasync="false")?>\s*(?:
        document\.documentElement\.dataset\.mode\ =[^<]*?
      | let\ toggle(?:HintShow|HintHide|OpenOnPrint)\ =[^<]*
      | var\ togglebuttonSelector\ =[^<]*
      | DOCUMENTATION_OPTIONS\.(?:pagename|search_as_you_type)\ =[^<]*
      | //\ Activate\ the\ search\ field\ on\ page\ load[^<]*
    )</script>\s*""",
    re.VERBOSE,
)
# Before anything is drawn: a storage that lasts as long as the page where the browser refuses its own, which the theme's scripts do
# not expect, and the reader's colours. Then what the folded answers ask for as globals.
SETTINGS = """
(() => {
  for (const name of ["localStorage", "sessionStorage"]) {
    try {
      window[name].getItem("mode");
    } catch {
      const kept = new Map();
      const storage = {
        getItem: (key) => kept.get(key) ?? null,
        setItem: (key, value) => { kept.set(key, String(value)); },
        removeItem: (key) => { kept.delete(key); },
      };
      Object.defineProperty(window, name, { value: storage, configurable: true });
    }
  }
  const page = document.documentElement.dataset;
  page.mode = localStorage.getItem("mode") || "auto";
  page.theme = localStorage.getItem("theme") || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
})();
var toggleHintShow = "Click to show", toggleHintHide = "Click to hide", toggleOpenOnPrint = "true";
var togglebuttonSelector = ".toggle, .admonition.dropdown";
"""
NO_SCRIPT_STYLE = "\n      .pst-js-only { display: none !important; }\n\n    "  # the theme's, for readers without JavaScript
CHARSET = '<meta charset="utf-8" />'
# Handlers written in the page are refused too; page.mjs listens for these instead.
HANDLERS = {
    'onclick="window.print()"': 'type="button" data-book-does="print"',
    'onclick="toggleFullScreen()"': 'type="button" data-book-does="full screen"',
}


def known(text):
    """The source expression of a policy that allows an inline script or style with exactly this text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


# What only some pages need, by the rule that allows it.
NEEDS = {
    "wasm": ("script-src", "'wasm-unsafe-eval'"),  # WebAssembly may compile, and no text
    "worker": ("worker-src", "'self'"),
    "fetch": ("connect-src", "'self'"),
}
RULES = {
    "default-src": ["'none'"],
    "script-src": ["'self'", known(SETTINGS)],
    # KaTeX and the notebooks place things by style attributes; style elements are another matter. The first line is what
    # browsers without the other two go by.
    "style-src": ["'self'", "'unsafe-inline'"],
    "style-src-elem": ["'self'", known(NO_SCRIPT_STYLE)],
    "style-src-attr": ["'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
}


def policy_for(needs):
    """The policy of a page that needs these of NEEDS, and no more."""
    rules = {name: list(sources) for name, sources in RULES.items()}
    for need in sorted(needs):
        rule, source = NEEDS[need]
        rules.setdefault(rule, []).append(source)
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules.items())


POLICY = policy_for(NEEDS)  # of a page whose figures need all of them


def guard(page, needs=()):
    """The finished page under its policy, which stands before anything that it rules."""
    head = f'{CHARSET}\n    <meta http-equiv="Content-Security-Policy" content="{policy_for(needs)}" />\n    <script>{SETTINGS}</script>'
    page = THEIRS.sub("", page).replace(CHARSET, head, 1)
    for theirs, ours in HANDLERS.items():
        page = page.replace(theirs, ours)
    return page
