import Displays
import Foundation
import Records
import Testing

struct ProfileDrawingTests {
  private func profile(refusal: String?) -> StepProfile {
    StepProfile(
      network: "small", batchSize: 32, threads: 1, planRefusal: refusal,
      machine: MachineLimits(
        planProductRate: 2e11, libraryProductRate: 9.5e10, copyRate: Double(10 << 30)),
      layers: [
        LayerProfile(
          name: "conv1", type: "Conv2DLayer", planRefusal: nil, forwardSeconds: 0.003,
          backwardSeconds: 0.001, outputBytes: 2048, forwardBytes: 2048,
          backwardBytes: 3072, parameterBytes: 512, operations: 1, limitSeconds: 0.002),
        LayerProfile(
          name: "odd", type: "Odd", planRefusal: refusal.map { _ in "has no plan rule" },
          forwardSeconds: 0, backwardSeconds: 0.000_5, outputBytes: 4, forwardBytes: 4,
          backwardBytes: 0, parameterBytes: 0, operations: 0, limitSeconds: 0.000_02),
      ], stepSeconds: 0.01, planBytes: refusal == nil ? 4096 : nil)
  }

  @Test func `each layer has its times, its shares and a bar`() {
    let drawing = ProfileDrawing(profile(refusal: nil), barWidth: 8)
    let rows = "\(drawing.table)".split(separator: "\n")
    func cells(_ row: Int) -> [String] {
      rows[row].split(separator: " ").map(String.init)
    }
    #expect(
      cells(2) == [
        "conv1", "Conv2DLayer", "3.00", "ms", "1.00", "ms", "40", "%", "50", "%", "2", "KiB", "3",
        "KiB", "512", "B", "██████░░",
      ])
    // An eighth of the longest layer has one character; nothing forward is a dash.
    #expect(
      cells(3) == ["odd", "Odd", "–", "500.0", "µs", "5.0", "%", "4.0", "%", "4", "B", "–", "░"])
    #expect(drawing.head[2] == "Steps are planned: every layer has a plan rule.")
    #expect(
      drawing.head[1]
        == "this machine: products at 200 GFLOP/s in plans and 95 GFLOP/s in libtorch, "
        + "copies at 10 GiB/s")
    // 2.02 ms of work in 10 ms; 5.5 ms are no layer's.
    #expect(drawing.foot[0].hasPrefix("A step takes 10.00 ms, 20 % of the machine's measured"))
    #expect(drawing.foot[1] == "Batch, loss, penalties and update: 5.50 ms, 55 % of the step.")
    #expect(
      drawing.foot[2] == "The plan's memory for outputs and gradients, which layers share: 4 KiB.")
    #expect(drawing.foot.count == 3)
  }

  @Test func `why steps are not planned is said above, and beside the layer`() {
    let drawing = ProfileDrawing(profile(refusal: "the layer 'odd' (Odd) has no plan rule"))
    #expect(
      drawing.head[2]
        == "Steps are made by libtorch's autograd: the layer 'odd' (Odd) has no plan rule.")
    #expect("\(drawing.table)".contains("has no plan rule"))
    #expect(drawing.foot.count == 2)
  }

  @Test func `as a picture each layer has bars of its time and memory, and a mark at its limit`()
    throws
  {
    let svg = ProfilePicture(profile(refusal: nil)).svg
    for text in ["conv1", "Conv2D", "4.00 ms, 50 %", "5 KiB", "500.0 µs, 4.0 %", "small, batches"] {
      #expect(svg.contains(text), "\(text)")
    }
    // The longest bar is 390 pixels: three quarters of it are the forward pass, half is the limit.
    #expect(svg.contains("points=\"250,") && svg.contains(" 542.5,") && svg.contains(" 640,"))
    #expect(svg.contains("points=\"445,"))
    // Signature of PNG files.
    let png = try ProfilePicture(profile(refusal: "of a reason")).png()
    #expect(png.prefix(4) == Data([0x89, 0x50, 0x4e, 0x47]))
  }
}
