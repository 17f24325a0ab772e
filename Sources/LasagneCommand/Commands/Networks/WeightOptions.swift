import ArgumentParser
import Lasagne
import LasagneEngine
import Storage
import Tensors
import Training

/// The options of commands that compute with a trained network.
struct WeightOptions: ParsableArguments {
  @Option(help: "Weights: params of the model (name[@version]), or an .npz or .safetensors file.")
  var params: String

  @Option(help: "Where to compute: cpu, cuda:0, ….")
  var device = "cpu"

  /// The device, which this machine must have.
  func place() throws -> Device { try DeviceOption.device(device) }

  /// The weights on the device.
  func weights(of model: Model, in workspace: Workspace?) throws -> Weights {
    let place = try place()
    let file = try ParamsReference(text: params).file(for: model, in: workspace)
    return try Weights(WeightFile.read(file, for: model.network), for: model.network, device: place)
  }
}
