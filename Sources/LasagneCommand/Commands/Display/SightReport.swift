import Displays
import LasagneEngine
import Records
import Storage

/// Looks at held-out samples with a session's newest weights, for a report.
struct SightReport {
  let sight: ReportSight

  /// The errors that are shown.
  private static let worstCount = 24
  /// The samples on the map.
  private static let mapCount = 400

  init(_ session: String, in workspace: Workspace) throws {
    let look = try SessionLook(session, in: workspace)
    guard let part = look.parts.first else {
      throw EngineError(.invalid, "The session has neither test nor validation samples.")
    }
    let found = try Judgement(look, part: part).examination
    let worst = Array(found.worst.prefix(Self.worstCount))
    let images = try? look.data.images(of: found.array, at: worst.map(\.index))
    // The layer before the output knows most of what the network knows.
    let layer = look.network.layers.dropLast().last { !$0.incomings.isEmpty }
    let map = layer.flatMap {
      try? look.projection(of: $0.name, part: part, count: Self.mapCount)
    }
    sight = ReportSight(
      summary: "\(NumberText.percentage(found.accuracy)) of \(NumberText.grouped(found.count)) "
        + "\(part) samples right, by the weights of step \(NumberText.grouped(found.step)).",
      classNames: found.classNames, matrix: found.matrix,
      worst: images.map { images in
        ReportSight.Samples(
          images: images, range: look.data.range(of: found.array),
          captions: worst.map {
            "\(found.classNames[$0.label]) → \(found.classNames[$0.predicted])"
          })
      }, map: map.map(Displayer.drawing))
  }
}
