"""The desk: what is brought adds up, is listed on every page, and goes when it is removed."""

import io
from itertools import permutations

import numpy as np
import pytest
from PIL import Image

from core.gallery import samples
from core.imaging import read_image
from pages._ui.base import uploads
from pages._ui.base.text import plain
from tests.core.imaging.files import SECRET, archive, dicom, nifti, series

from .opening import opened
from .screen import said
from .words import healthy, text

READERS = ("pages/classify.py", "pages/explain.py", "pages/compare.py", "pages/what-if.py")
SCANS = [s.path.read_bytes() for s in list(samples().values())[:5]]


def sized(n: int) -> bytes:
    """A real scan at a size of its own, so that a page says which one it shows."""
    out = io.BytesIO()
    Image.open(io.BytesIO(SCANS[n])).resize((160 + 10 * n, 160)).save(out, "PNG")
    return out.getvalue()


SIZED = [sized(n) for n in range(4)]


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """The app without a network: the desk is the same, and it is quick."""
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    return opened("classify")


def bring(app, *files):
    for name, data in files:
        app.file_uploader[0].upload(name, data)
    return healthy(app.run())


def volume() -> np.ndarray:
    """Five slices of 120 x 100 from real scans."""
    pictures = [Image.fromarray((read_image(d, "a").pixels * 900).astype(np.int32)) for d in SCANS]
    return np.stack([np.asarray(p.resize((100, 120))) for p in pictures]).astype(np.int16)


def listed(app) -> list[str]:
    return [b.label.removeprefix("Remove ") for b in app.button if b.key.startswith("remove-")]


def pages_of(*shades) -> bytes:
    """A TIFF with a page of each picture."""
    first, *rest = (Image.fromarray(shade) for shade in shades)
    out = io.BytesIO()
    first.save(out, "TIFF", save_all=True, append_images=rest)
    return out.getvalue()


def ramp(step) -> np.ndarray:
    return (np.mgrid[:40, :48].sum(0) * step % 256).astype(np.uint8)


def test_a_further_upload_adds(desk):
    bring(desk, ("a.jpg", SCANS[0]))
    bring(desk, ("b.jpg", SCANS[1]), ("c.txt", b"words"))
    assert listed(desk) == [plain("a.jpg"), plain("b.jpg"), plain("c.txt"), "all"]
    assert desk.selectbox(key="shown").value == "2"  # the first of what came last
    bring(desk, ("a.jpg", SCANS[0]))  # the same twice is once
    assert len(listed(desk)) == 4


def test_each_is_removed_by_its_own_button_on_any_page(desk):
    bring(desk, ("a.jpg", SCANS[0]), ("b.jpg", SCANS[1]), ("c.jpg", SCANS[2]))
    for page, gone in zip(READERS[1:], ("b", "a", "c"), strict=True):
        desk.switch_page(page).run()
        button = next(b for b in desk.button if b.label == f"Remove {plain(gone + '.jpg')}")
        button.click().run()
        assert plain(f"{gone}.jpg") not in listed(healthy(desk))
    assert "Nothing is on the desk yet" in text(desk)


def test_all_are_removed_at_once(desk):
    bring(desk, ("a.jpg", SCANS[0]), ("b.jpg", SCANS[1]))
    desk.button(key="remove-all").click().run()
    assert listed(healthy(desk)) == [] and "Nothing is on the desk yet" in text(desk)


def test_a_folder_is_a_series(desk):
    for n, data in enumerate(series(volume())):
        desk.file_uploader[1].upload(f"IM{n}", data)
    healthy(desk.run())
    assert listed(desk) == ["IM0"]
    assert desk.slider[0].label == "Slice 3 of 5"


def test_what_a_session_brings_is_bounded_together(desk, monkeypatch):
    monkeypatch.setattr(uploads, "ROOM", len(SCANS[0]) + 100)
    bring(desk, ("a.jpg", SCANS[0]), ("b.jpg", SCANS[1]))
    assert listed(desk) == [plain("a.jpg"), plain("b.jpg"), "all"]
    table = desk.dataframe[0].value
    assert "There is no room for b.jpg" in table["Note"][1]
    assert "Slice" not in table  # nothing here has several
    desk.button(key="remove-1").click().run()
    bring(desk, ("b.jpg", SCANS[1]))
    assert "no room" not in text(desk) or len(SCANS[1]) > len(SCANS[0]) + 100


def test_more_scans_than_a_desk_holds(desk, monkeypatch):
    monkeypatch.setattr(uploads, "MOST", 2)
    bring(desk, *((f"{n}.jpg", data) for n, data in enumerate(SCANS)))
    assert len(listed(desk)) == 4  # two scans, one sentence, and the button for all


@pytest.mark.parametrize("page", READERS)
def test_every_page_says_which_slice_and_turns_to_another(desk, page):
    bring(desk, ("stack.tif", pages_of(ramp(1), ramp(2), ramp(3))))
    desk.switch_page(page).run()
    slider = healthy(desk).slider[0]
    assert slider.label == "Slice 1 of 3"
    slider.set_value(3).run()
    assert healthy(desk).slider[0].label == "Slice 3 of 3"
    assert any("slice 3 of 3" in words for words in said(desk))


def test_the_slice_is_kept_from_page_to_page(desk):
    bring(desk, ("stack.tif", pages_of(ramp(1), ramp(2), ramp(3))))
    desk.slider[0].set_value(2).run()
    for page in (*READERS[1:], "pages/overview.py", READERS[0]):
        desk.switch_page(page).run()
    assert healthy(desk).slider[0].label == "Slice 2 of 3"


def looked_at(app) -> str:
    """Size of the scan that a page shows, as it says it; the samples' sizes differ."""
    return next(words for words in said(healthy(app)) if words.startswith("The scan, "))


def test_the_scan_that_is_looked_at_travels_between_all_pages(desk):
    bring(desk, *((f"{n}.jpg", data) for n, data in enumerate(SIZED)))
    keys = desk.selectbox(key="shown").options
    sizes = {}
    for n in range(len(keys)):
        desk.selectbox(key="shown").set_value(str(n + 1)).run()
        sizes[str(n + 1)] = looked_at(desk)
    assert len(set(sizes.values())) == len(SIZED) == len(keys)
    for n, (here, there) in enumerate(permutations(READERS, 2)):
        chosen = str(n % len(keys) + 1)
        desk.switch_page(here).run()
        desk.selectbox(key="shown").set_value(chosen)  # and leave before the page has answered
        desk.switch_page(there).run()
        assert desk.selectbox(key="shown").value == chosen
        assert looked_at(desk) == sizes[chosen]
        desk.switch_page("pages/overview.py").run()
        desk.switch_page(here).run()
        assert looked_at(desk) == sizes[chosen]


def test_rows_of_many_files_have_the_numbers_of_the_choice_below(desk):
    app = bring(desk, ("a.png", SIZED[0]), ("b.png", b"no picture"), ("c.png", SIZED[2]))
    assert list(app.dataframe[0].value["#"]) == [1, 2, 3]
    assert app.selectbox(key="shown").options == ["1. a.png", "3. c.png"]


def test_taking_one_scan_off_the_desk_leaves_the_other_in_sight(desk):
    bring(desk, *((f"{n}.jpg", data) for n, data in enumerate(SIZED)))
    desk.selectbox(key="shown").set_value("3").run()
    before = looked_at(desk)
    desk.button(key="remove-1").click().run()
    assert looked_at(desk) == before
    bring(desk, ("1.jpg", SIZED[1]))  # it lies there already: it is what the person means
    assert desk.selectbox(key="shown").value == "2" and looked_at(desk) != before


def test_a_sample_chosen_in_passing_travels_too(desk):
    chosen = list(samples())[3]
    desk.selectbox(key="sample").set_value(chosen)
    desk.switch_page("pages/explain.py").run()
    assert healthy(desk).selectbox(key="sample").value == chosen


def test_the_slice_chosen_in_passing_travels_too(desk):
    bring(desk, ("stack.tif", pages_of(ramp(1), ramp(2), ramp(3))))
    desk.slider[0].set_value(3)
    desk.switch_page("pages/compare.py").run()
    assert healthy(desk).slider[0].label == "Slice 3 of 3"


def test_a_blank_slice_condemns_nothing(desk):
    bring(desk, ("stack.tif", pages_of(ramp(1) * 0, ramp(2))))
    assert desk.slider[0].label == "Slice 2 of 2" and not desk.error
    desk.slider[0].set_value(1).run()
    assert "one even shade" in healthy(desk).error[0].value
    desk.slider[0].set_value(2).run()
    assert not healthy(desk).error


def test_a_volume_has_planes(desk):
    bring(desk, ("head.nii.gz", nifti(np.transpose(volume().repeat(12, 0), (2, 1, 0)))))
    assert desk.slider[0].label == "Slice 31 of 60"
    control = next(c for c in desk.get("button_group") if c.key.startswith("plane-"))
    control.set_value("coronal").run()
    assert healthy(desk).slider[0].label == "Slice 61 of 120"
    control = next(c for c in desk.get("button_group") if c.key.startswith("plane-"))
    control.set_value("axial").run()
    assert healthy(desk).slider[0].label == "Slice 31 of 60"


def test_a_window_is_offered_where_values_mean_something(desk):
    bring(desk, ("a.dcm", dicom(volume()[0], WindowCenter=[400, 200], WindowWidth=[800, 100])))
    window = next(s for s in desk.slider if s.key.startswith("window-"))
    assert window.value == pytest.approx((0, 800))
    next(b for b in desk.button if b.label == "Centre 200, width 100").click().run()
    window = next(s for s in healthy(desk).slider if s.key.startswith("window-"))
    assert window.value == pytest.approx((150, 250))


def test_an_archive_says_what_it_left_out(desk):
    bring(desk, ("all.zip", archive({"a.jpg": SCANS[0], "b.txt": b"w", "c/b.jpg": SCANS[1]})))
    assert listed(desk) == [plain("all.zip · a.jpg"), plain("all.zip · b.jpg"), "all"]
    assert "1 file of an archive is no scan" in text(desk)


def test_no_word_of_a_file_about_a_patient_reaches_a_page_or_the_log(desk, caplog):
    slices = volume()
    files = {f"{SECRET}/{n}": d for n, d in enumerate(series(slices))}
    head = nifti(slices.transpose(2, 1, 0).repeat(12, 2), zipped=True)
    bring(desk, ("a.zip", archive(files)), ("b.dcm", dicom(slices[0])), ("c.nii.gz", head))
    bring(desk, ("d.dcm", dicom(slices[0])[:-900]))  # refused
    for page in READERS:
        words = "\n".join(said(healthy(desk.switch_page(page).run()))) + caplog.text
        assert SECRET[:8] not in words and "19481103" not in words
