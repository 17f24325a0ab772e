import Dashboard
import Foundation
import LasagneEngine
import Records

// This source has neither weights nor data; what is to be seen of them is tested with a real engine.
extension RecordedSource {
  private func nothing<Value>(_ what: String) throws -> Value {
    throw DashboardError.notFound("There is no \(what) here.")
  }

  func histogramKeys(ofSession id: String) throws -> [String] {
    _ = try session(id)
    return []
  }

  func paramsTree(ofModel model: String, includesArchived: Bool) throws -> ParamsTree {
    ParamsTree(model: model, records: [])
  }

  func paramsDifference(ofModel model: String, from: String, to: String) throws -> ParamsDiff {
    try nothing("version \(from)")
  }

  func paramsFile(
    ofModel model: String, _ reference: String, as format: ParamsFormat
  ) throws -> Data {
    try nothing("version \(reference)")
  }

  func statistics(ofData name: String) throws -> DataStatistics { try nothing("data \(name)") }

  func samples(
    ofData name: String, array: String, label: Int?, from: Int, count: Int
  ) throws -> DataSamples {
    try nothing("data \(name)")
  }

  func sampleImages(
    ofData name: String, array: String, at indices: [Int]
  ) throws -> (stack: ImageStack, range: ClosedRange<Double>?) {
    try nothing("data \(name)")
  }

  func augmentedImages(
    ofData name: String, array: String, at indices: [Int], epochs: Int, by recipe: JSONValue
  ) throws -> ImageStack {
    try nothing("data \(name)")
  }

  func examination(ofSession id: String, part: String?) throws -> Examination {
    try nothing("weights")
  }

  func examinedCases(
    ofSession id: String, part: String, label: Int?, predicted: Int?
  ) throws -> [Examination.Case] {
    try nothing("weights")
  }

  func sampleLook(ofSession id: String, part: String, index: Int) throws -> SampleLook {
    try nothing("weights")
  }

  func samplePicture(
    ofSession id: String, part: String, index: Int, _ picture: SamplePicture
  ) throws -> ImageStack {
    try nothing("weights")
  }

  func meanImages(ofData name: String, array: String) throws -> ImageStack {
    try nothing("data \(name)")
  }

  func capacity(ofSession id: String) throws -> CapacityReport { try nothing("network") }

  func projection(ofSession id: String, _ wanted: ProjectionRequest) throws -> Projection {
    try nothing("weights")
  }

  func strongestInputs(
    ofSession id: String, part: String?, layer: String, from: Int, count: Int
  ) throws -> StrongestInputs {
    try nothing("weights")
  }
}
