import ArgumentParser
import Displays
import Foundation
import LasagneEngine
import Records
import Storage
import Tensors

/// `lasagne doctor`: what is installed, which devices there are, what is wrong.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Say what is installed, which devices there are, and what is wrong.")

  @OptionGroup var common: CommonOptions

  struct Finding: Encodable {
    var what: String
    var isFine: Bool
    var detail: String
  }

  func run() throws {
    let findings = [program(), backend()] + computing() + devices() + workspace()
    let terminal = Terminal.standard
    for finding in findings {
      if common.json {
        try common.putJSON(finding)
      } else {
        let mark =
          finding.isFine ? terminal.colored("fine ", .green) : terminal.colored("WRONG", .red)
        let name = finding.what.padding(toLength: 14, withPad: " ", startingAt: 0)
        put("\(mark)  \(name) \(finding.detail)")
      }
    }
    if findings.contains(where: { !$0.isFine }) { throw Ending(code: 1) }
  }

  private func program() -> Finding {
    Finding(
      what: "program", isFine: true,
      detail: "\(RootCommand.configuration.version) at \(currentExecutable())")
  }

  private func backend() -> Finding {
    do {
      try Backend.load()
      return Finding(
        what: "libtorch", isFine: true,
        detail: "\(Backend.version), \(Backend.capability), \(Backend.threadCount) threads")
    } catch {
      return Finding(what: "libtorch", isFine: false, detail: "\(error)")
    }
  }

  private func devices() -> [Finding] {
    guard (try? Backend.load()) != nil else { return [] }
    return Backend.devices().map { info in
      let cores = info.coreCount > 0 ? ", \(info.coreCount) cores" : ""
      let memory =
        "\(NumberText.bytes(info.freeBytes)) of \(NumberText.bytes(info.totalBytes)) free"
      return Finding(
        what: info.device.description, isFine: true, detail: "\(info.name)\(cores), \(memory)")
    }
  }

  /// What is known of the index; nothing where none was made yet.
  private func index(of workspace: Workspace) -> [Finding] {
    do {
      guard let index = try Storage.Index(reading: workspace) else { return [] }
      if let damage = try index.damages().first {
        return [
          Finding(
            what: "index", isFine: false,
            detail: "it is damaged (\(damage)); make it again with: lasagne reindex")
        ]
      }
      let contents = try index.contents()
      let points = NumberText.grouped(contents.points)
      return [
        Finding(what: "index", isFine: true, detail: "\(contents.series) series, \(points) points")
      ]
    } catch {
      return [Finding(what: "index", isFine: false, detail: "\(error)")]
    }
  }

  private func workspace() -> [Finding] {
    let folder = common.folder
    guard FileManager.default.fileExists(atPath: folder.path) else {
      return [
        Finding(
          what: "workspace", isFine: true, detail: "\(folder.path) is not there; it will be made")
      ]
    }
    let workspace: Workspace
    do {
      workspace = try Workspace.open(at: folder)
    } catch {
      return [Finding(what: "workspace", isFine: false, detail: "\(error)")]
    }
    guard FileManager.default.isWritableFile(atPath: folder.path) else {
      return [
        Finding(
          what: "workspace", isFine: false,
          detail: "\(folder.path) cannot be written; check its permissions")
      ]
    }
    let holder = try? workspace.engineHolder()
    let engine = holder.map { "engine: process \($0.process) (\($0.purpose))" } ?? "no engine"
    let ids = workspace.sessionIDs()
    var findings = [
      Finding(
        what: "workspace", isFine: true,
        detail: "\(folder.path), \(ids.count) \(ids.count == 1 ? "session" : "sessions"), \(engine)"
      )
    ]
    findings += index(of: workspace)
    for id in ids {
      do {
        let record = try workspace.session(id).record()
        if record.state == .crashed {
          findings.append(
            Finding(
              what: "session", isFine: false,
              detail: "\(record.request.name) (\(id)): \(record.message ?? "crashed")"))
        }
      } catch {
        findings.append(Finding(what: "session", isFine: false, detail: "\(id): \(error)"))
      }
    }
    return findings
  }
}
