"""`read_page` sees each fault: one sound page, and every fault planted in it alone."""

import pytest

from kit.testing.pages import BrokenPage, read_page

SOUND = """<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>Nộp phí 5 ₫ – Motcua</title>
<link rel="stylesheet" href="/static/1/a.css"><script src="/static/1/a.js" defer></script></head>
<body><main id="main"><div class="s" data-error-summary><a href="#name">Hãy ghi tên.</a></div>
<h1>Nộp <b>phí</b> 5&nbsp;₫</h1>
<p><a href="/track">Tra cứu</a> <a href="https://law.example/" rel="external">Luật</a> <a href="tel:1">Gọi</a></p>
<form action="/pay" method="post"><input type="hidden" name="form_token" value="t">
<label for="name">Tên</label><input id="name" name="name" value="A">
<label>Ghi chú<textarea name="note">
B</textarea></label>
<select name="way" aria-label="Cách"><option value="1">Một</option><option value="2" selected>Hai</option></select>
<label for="yes">Đồng ý</label><input type="checkbox" id="yes" name="yes" value="y" checked>
<label for="no">Không</label><input type="checkbox" id="no" name="no">
<label for="paper">Giấy</label><input type="file" id="paper" name="paper">
<button type="submit" name="go" value="1">Gửi</button></form>
<form action="/find" method="get"><label for="q">Tìm</label><input id="q" name="q"></form>
</main></body></html>"""

FAULTS = {
    "another language": ('lang="vi"', 'lang="en"', "language"),
    "no language": ('<html lang="vi">', "<html>", "language"),
    "two h1": ("<p>", "<h1>Hai</h1><p>", "2 <h1>"),
    "no h1": ("<h1>Nộp <b>phí</b> 5&nbsp;₫</h1>", "", "0 <h1>"),
    "an empty h1": ("Nộp <b>phí</b> 5&nbsp;₫", "", "empty"),
    "a title that says something else": ("<title>Nộp", "<title>Trả", "title"),
    "a title without the house": (" – Motcua", "", "title"),
    "an id twice": ('id="q"', 'id="name"', "twice"),
    "an empty id": ('id="main"', 'id=""', "twice or empty"),
    "a label for nobody": ('<label for="name">', '<label for="nam">', "not there"),
    "a summary's link to nowhere": ('href="#name"', 'href="#nam"', "not there"),
    "a description that is not there": ('id="name"', 'id="name" aria-describedby="name-hint"', "not there"),
    "no label": ('<label for="name">Tên</label>', "", "no label"),
    "an empty label": ('<label for="name">Tên</label>', '<label for="name"> </label>', "no label"),
    "a select without a label": (' aria-label="Cách"', "", "no label"),
    "a textarea outside its label": ("Ghi chú<textarea", "Ghi chú</label><textarea", "not HTML|no label"),
    "a button that says nothing": (">Gửi<", "><", "says nothing"),
    "a link that says nothing": (">Tra cứu<", "><", "says nothing"),
    "no action": ('action="/pay" ', "", "no action"),
    "no method": (' method="post"', "", "method"),
    "no token": ('name="form_token"', 'name="token"', "no token"),
    "an empty token": ('value="t"', 'value=""', "no token"),
    "an inline script": ("</main>", "<script>alert(1)</script></main>", "script stands"),
    "an event handler": ('id="main"', 'id="main" onclick="go()"', "inline"),
    "an htmx event handler": ('id="main"', 'id="main" hx-on:click="go()"', "inline"),
    "a style attribute": ('id="main"', 'id="main" style="color:red"', "inline"),
    "a style element": ("</head>", "<style>a{}</style></head>", "<style>"),
    "a style sheet from elsewhere": ('href="/static/1/a.css"', 'href="https://cdn.example/a.css"', "outside"),
    "a script from elsewhere": ('src="/static/1/a.js"', 'src="//cdn.example/a.js"', "outside"),
    "a form that goes elsewhere": ('action="/pay"', 'action="https://evil.example/pay"', "outside"),
    "an htmx request elsewhere": ('id="main"', 'id="main" hx-get="https://evil.example/"', "outside"),
    "a link outside that does not say so": (' rel="external"', "", "rel=external"),
    "a javascript link": ('href="/track"', 'href="javascript:go()"', "rel=external"),
    "an element not closed": ("</form>\n<form", "\n<form", "not HTML"),
    "an attribute twice": ('id="main"', 'id="main" id="main"', "not HTML"),
    "a block in a paragraph": ("<p><a", "<p><div></div><a", "not HTML"),
    "no doctype": ("<!doctype html>", "", "not HTML"),
    "two error summaries": ("<p>", "<p data-error-summary>", "two error summaries"),
}


def test_the_sound_page_is_read() -> None:
    page = read_page(SOUND)
    assert page.h1 == "Nộp phí 5 ₫"
    assert page.errors == {"name": "Hãy ghi tên."}
    assert page.link("Tra cứu") == "/track"
    form = page.form("/pay")
    assert (form.method, form.action) == ("post", "/pay")
    assert form.fields == {"form_token": "t", "name": "A", "note": "B", "way": "2", "yes": "y"}
    assert form.buttons == {"Gửi": ("go", "1")}
    assert "Nộp phí 5 ₫ Tra cứu Luật Gọi" in page.text


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_seen(fault: str) -> None:
    sound, broken, reason = FAULTS[fault]
    assert SOUND.count(sound) >= 1
    with pytest.raises(BrokenPage, match=reason):
        read_page(SOUND.replace(sound, broken, 1))


def test_asking_for_what_is_not_there_is_said() -> None:
    page = read_page(SOUND)
    with pytest.raises(BrokenPage, match="no link says 'Về nhà'"):
        page.link("Về nhà")
    with pytest.raises(BrokenPage, match="2 forms go to ''"):
        page.form()
