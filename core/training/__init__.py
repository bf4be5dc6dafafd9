"""Training: data, augmentation, architectures and the fit. Serving never imports it.

Written for Keras 3 on any backend (`keras.ops` and NumPy, no TensorFlow calls).
"""
