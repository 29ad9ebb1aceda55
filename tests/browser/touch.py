"""A finger on the screen, as the browser itself hears it: what it scrolls and what it drags is the browser's own decision."""


def finger(page, points):
    """Comes down at the first of the points, in pixels of the window, goes along them and is lifted; then what it set off has come to rest."""
    touch = page.context.new_cdp_session(page)
    for i, (x, y) in enumerate(points):
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove" if i else "touchStart", "touchPoints": [{"x": x, "y": y}]})
        page.wait_for_timeout(16)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(300)
