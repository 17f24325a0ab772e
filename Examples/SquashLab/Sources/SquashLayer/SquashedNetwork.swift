import Lasagne

/// A network for images of clothes with a `Squash` between its convolutions.
public func squashedNetwork() throws -> Network {
  try Network("squashed", input: [1, 28, 28]) {
    Conv2DLayer(16, filterSize: 5, nonlinearity: .identity)
    MaxPool2DLayer(2)
    Squash()
    Conv2DLayer(16, filterSize: 5)
    MaxPool2DLayer(2)
    DenseLayer(64)
    DropoutLayer(p: 0.2)
    DenseLayer(10, nonlinearity: .softmax)
  }
}
