import Lasagne
import Tensors
import Testing
import Training

/// Compares what two runs keep: weights with running averages, and what the update rule remembers.
///
/// - Parameter tolerance: How far numbers may be apart, of 1 plus their size.
func expectSame(
  _ ours: Checkpoint, _ theirs: Checkpoint, within tolerance: Double,
  _ sourceLocation: SourceLocation
) {
  for (a, b) in [(ours.weights, theirs.weights), (ours.updateState, theirs.updateState)] {
    #expect(a.keys.sorted() == b.keys.sorted(), sourceLocation: sourceLocation)
    for (name, expected) in b {
      let numbers = a[name]?.values(as: Double.self) ?? []
      let worst =
        zip(numbers, expected.values(as: Double.self))
        .map { abs($0 - $1) / (1 + abs($1)) }.max() ?? .infinity
      #expect(worst <= tolerance, "\(name)", sourceLocation: sourceLocation)
    }
  }
}
