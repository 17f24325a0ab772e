import Lasagne
import LasagneCommand
import SquashLayer

/// The command `lasagne`, with a layer and a network of one's own in it.
@main
struct SquashLab: Laboratory {
  static let layers: [any Layer.Type] = [Squash.self]
  static var models: [Network] { get throws { [try squashedNetwork()] } }
}
