/// One version of a named set of weights.
public struct ParamsVersion: Codable, Equatable, Sendable {
  /// 1, 2, ….
  public var version: Int
  /// The file that holds the weights, beside `params.json`.
  public var file: String
  /// SHA-256 of that file, in hexadecimal.
  public var sha256: String
  /// The bytes of that file.
  public var byteCount: Int
  /// Seconds since 1970.
  public var createdAt: Double
  /// The session that made it; `nil` if it was imported.
  public var session: String?
  /// The step of that session.
  public var step: Int?
  /// Metrics at the time of saving.
  public var metrics: [String: Double]
  /// What it was made from: `name@version` of the same model; `nil` for a root.
  public var parent: String?
  /// The step at which the session that made its parent had come when it branched off.
  public var branchStep: Int?
  /// How it was mixed from other versions; `nil` if it was not.
  public var mixture: ParamsMixture?
  /// What a person wrote about it; empty where nobody did.
  public var notes: String
  /// Words to find it by, sorted.
  public var tags: [String]
  /// Whether neither a policy nor a deletion may take it.
  public var isPinned: Bool
  /// Seconds since 1970 of its archiving; `nil` while lists show it.
  public var archivedAt: Double?

  /// Makes a version from its parts.
  public init(
    version: Int, file: String, sha256: String, byteCount: Int, createdAt: Double,
    session: String?, step: Int?, metrics: [String: Double], parent: String?,
    branchStep: Int? = nil, mixture: ParamsMixture? = nil, notes: String = "",
    tags: [String] = [], isPinned: Bool = false, archivedAt: Double? = nil
  ) {
    self.version = version
    self.file = file
    self.sha256 = sha256
    self.byteCount = byteCount
    self.createdAt = createdAt
    self.session = session
    self.step = step
    self.metrics = metrics
    self.parent = parent
    self.branchStep = branchStep
    self.mixture = mixture
    self.notes = notes
    self.tags = tags
    self.isPinned = isPinned
    self.archivedAt = archivedAt
  }

  /// Reads a version; what older programs did not write has its usual value.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      version: try values.decode(Int.self, forKey: .version),
      file: try values.decode(String.self, forKey: .file),
      sha256: try values.decode(String.self, forKey: .sha256),
      byteCount: try values.decode(Int.self, forKey: .byteCount),
      createdAt: try values.decode(Double.self, forKey: .createdAt),
      session: try values.decodeIfPresent(String.self, forKey: .session),
      step: try values.decodeIfPresent(Int.self, forKey: .step),
      metrics: try values.decode([String: Double].self, forKey: .metrics),
      parent: try values.decodeIfPresent(String.self, forKey: .parent),
      branchStep: try values.decodeIfPresent(Int.self, forKey: .branchStep),
      mixture: try values.decodeIfPresent(ParamsMixture.self, forKey: .mixture),
      notes: try values.decodeIfPresent(String.self, forKey: .notes) ?? "",
      tags: try values.decodeIfPresent([String].self, forKey: .tags) ?? [],
      isPinned: try values.decodeIfPresent(Bool.self, forKey: .isPinned) ?? false,
      archivedAt: try values.decodeIfPresent(Double.self, forKey: .archivedAt))
  }

  /// The versions it was made from: its parent, and the sources of its mixture.
  public var origins: [String] {
    let sources = mixture?.sources.map(\.reference) ?? []
    return (parent.map { [$0] } ?? []) + sources.filter { $0 != parent }
  }
}

/// A named set of weights of one model, in versions (`params.json`).
public struct ParamsRecord: Codable, Equatable, Sendable {
  /// The model they belong to.
  public var model: String
  /// Their name.
  public var name: String
  /// The versions, oldest first.
  public var versions: [ParamsVersion]
  /// The number of the next version; numbers of deleted ones are not given again.
  public var nextVersion: Int
  /// Names they had before, under which they are still found.
  public var formerNames: [String]

  /// Makes a record from its parts.
  public init(
    model: String, name: String, versions: [ParamsVersion], nextVersion: Int = 1,
    formerNames: [String] = []
  ) {
    self.model = model
    self.name = name
    self.versions = versions
    self.nextVersion = max(nextVersion, (versions.map(\.version).max() ?? 0) + 1)
    self.formerNames = formerNames
  }

  /// Reads a record; what older programs did not write has its usual value.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      model: try values.decode(String.self, forKey: .model),
      name: try values.decode(String.self, forKey: .name),
      versions: try values.decode([ParamsVersion].self, forKey: .versions),
      nextVersion: try values.decodeIfPresent(Int.self, forKey: .nextVersion) ?? 1,
      formerNames: try values.decodeIfPresent([String].self, forKey: .formerNames) ?? [])
  }

  /// `name@version`.
  public func reference(_ version: ParamsVersion) -> String { "\(name)@\(version.version)" }

  /// The version that the name alone means: the newest that is not archived, else the newest.
  public var newest: ParamsVersion? {
    versions.last { $0.archivedAt == nil } ?? versions.last
  }

  /// The version of this number.
  public func version(_ number: Int) -> ParamsVersion? {
    versions.first { $0.version == number }
  }
}
