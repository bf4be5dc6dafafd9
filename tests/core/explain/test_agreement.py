"""Our maps are those of tf-keras-vis and lime, where these draw the same thing."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
from scipy.ndimage import zoom

from core.explain import Network, saliency
from core.explain.base import Request
from core.explain.lime_superpixels import fit
from core.explain.scorecam import channels, shares
from core.explain.smoothgrad import smooth

CLASS = 2
ONE_HOT = np.eye(4, dtype=np.float32)[[CLASS]]
RAW = {"expand_cam": False, "normalize_cam": False, "seek_penultimate_conv_layer": False}


def their(name):
    """What tf-keras-vis calls `name`; it imports TensorFlow, so not before a test asks."""
    module, attribute = name.rsplit(".", 1)
    return getattr(import_module(f"tf_keras_vis.{module}"), attribute)


def score(classes):
    return their("utils.scores.CategoricalScore")(classes)


def close(ours, theirs, share):
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=share * np.abs(theirs).max())


def close_but_for_kinks(ours, theirs, share):
    """Within `share` but for one pixel of 10,000, where float32 sums fall either side of a kink.

    A gradient jumps where a ReLU6 switches; that a sum is a last digit above or below it
    changes single pixels of 224 x 224, by less than five times `share`.
    """
    largest = np.abs(theirs).max()
    difference = np.abs(ours - theirs) / largest
    assert np.quantile(difference, 0.9999) <= share
    assert difference.max() <= 5 * share


@pytest.fixture(params=["last", "middle"])
def layer(request, network_and_scans):
    network = network_and_scans[0]
    middle = "early" if network.model.name == "small" else "block_13_expand_relu"
    return network.cam_layer if request.param == "last" else middle


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("gradcam", "gradcam.Gradcam"),
        ("gradcam-plus-plus", "gradcam_plus_plus.GradcamPlusPlus"),
        ("layercam", "layercam.Layercam"),
    ],
)
def test_gradient_cams(name, reference, network_and_scans, layer):
    """To float32's last digits; Grad-CAM++ up to the factor exp(S), which we leave out."""
    network, x = network_and_scans
    theirs = np.asarray(
        their(reference)(network.model)(score([CLASS] * 2), x, penultimate_layer=layer, **RAW)
    )
    ours = np.maximum(saliency(network, x, name, CLASS, layer=layer), 0)
    if name == "gradcam-plus-plus":
        theirs = theirs / theirs.max((1, 2), keepdims=True)
        ours = ours / ours.max((1, 2), keepdims=True)
    close(ours, theirs, 1e-4)


def test_gradient(network_and_scans):
    network, x = network_and_scans
    theirs = their("saliency.Saliency")(network.model)(score([CLASS] * 2), x, normalize_map=False)
    close(saliency(network, x, "gradient", CLASS), theirs, 1e-3)


def test_smoothgrad_with_the_same_noise(network_and_scans):
    """Their noise is coloured, ours grey; given theirs, the maps are equal."""
    network, x = network_and_scans
    x, n = x[:1], 5
    np.random.seed(3)
    theirs = their("saliency.Saliency")(network.model)(
        score(CLASS), x, smooth_samples=n, smooth_noise=0.2, normalize_map=False
    )
    np.random.seed(3)
    noise = np.random.normal(0.0, 0.2 * np.ptp(x), (n, *x.shape))
    copies = (x + noise)[:, 0].astype(np.float32)
    ours = smooth(network, copies, Request(ONE_HOT, network.cam_layer))
    close_but_for_kinks(ours, theirs[0], 1e-3)


@pytest.mark.parametrize("few", [None, 10])
def test_score_cam_with_the_same_masks(few, network_and_scans):
    """They enlarge masks with corner cells on the corners and mask to the scaled zero.

    Given their masks and their black, the maps are equal; with our own masks, whose cells
    lie where the network's do, they are alike. All channels on the small network only.
    """
    network, x = network_and_scans
    trained = network.model.name != "small"
    few = 32 if trained and few is None else few
    theirs = np.asarray(
        their("scorecam.Scorecam")(network.model)(
            score(CLASS), x[:1], penultimate_layer=network.cam_layer, max_N=few, **RAW
        )
    )[0]
    zero = Network(network.model, network.cam_layer, "tf")
    zero.black = np.zeros(3, np.float32)
    maps = zero.features(zero.cam_layer, x[:1], ONE_HOT)[0][0]
    maps = maps[..., channels(maps, few)]
    side = network.size / maps.shape[0]
    drawn = zoom(maps, (side, side, 1), order=1, mode="nearest")
    masks = ((drawn - drawn.min((0, 1))) / np.ptp(drawn, (0, 1))).transpose(2, 0, 1)
    ours = maps @ shares(zero, x[0], masks, Request(ONE_HOT, zero.cam_layer))
    close(ours, theirs, 1e-4)
    ours = saliency(zero, x[:1], "scorecam", CLASS, samples=few)[0]
    assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.98


def test_lime_regression_is_the_library_s():
    from lime.lime_base import LimeBase
    from sklearn.metrics import pairwise_distances

    draw = np.random.default_rng(0)
    shown = draw.integers(0, 2, (120, 30)).astype(np.float32)
    shown[0], shown[1] = 1, 0
    scores = (shown @ draw.normal(size=30) + draw.normal(size=120)).astype(np.float32)
    distances = pairwise_distances(shown, shown[:1], metric="cosine").ravel()
    library = LimeBase(lambda d: np.sqrt(np.exp(-(d**2) / 0.25**2)), random_state=0)
    pairs = library.explain_instance_with_data(
        shown, scores[:, None], distances, 0, 30, feature_selection="none"
    )[1]
    theirs = np.array([weight for _, weight in sorted(pairs)])
    np.testing.assert_allclose(fit(shown, scores), theirs, rtol=1e-4, atol=1e-6)


def test_classes_of_equal_maps_behind_average_pooling(network_and_scans):
    """At the last layer the gradient is constant, so the methods fall into two groups."""
    network, x = network_and_scans
    maps = {
        name: saliency(network, x, name, CLASS)
        for name in ("gradcam", "hirescam", "xgradcam", "layercam", "gradcam-plus-plus")
    }
    close(maps["hirescam"], maps["gradcam"], 1e-4)
    close(maps["xgradcam"], maps["gradcam"], 1e-4)
    close(maps["gradcam-plus-plus"], maps["layercam"], 1e-4)
    assert np.abs(maps["layercam"] - maps["gradcam"]).max() > 1e-2 * maps["gradcam"].max()
