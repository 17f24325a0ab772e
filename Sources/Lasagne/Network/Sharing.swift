extension DescribedLayer {
  /// This layer with the very parameters of another, all of them: whatever changes one changes both.
  ///
  /// In the network, and in a model file, each of its parameters is `shareWith` the other's.
  /// ```swift
  /// DenseLayer(64).reading("left").named("left_code")
  /// DenseLayer(64).sharing("left_code").reading("right").named("right_code")
  /// ```
  public func sharing(_ other: String) -> NetworkPart {
    NetworkPart(prefix: Self.namePrefix, name: name) { shapes throws(NetworkError) in
      try shared(with: other, shapes)
    }
  }

  private func shared(with other: String, _ shapes: [Shape]) throws(NetworkError) -> Self {
    // Which setting is behind which parameter is found out by marking the settings.
    var marked = self
    var count = 0
    marked.changeSources { _ in
      count += 1
      return .shareWith("#\(count)")
    }
    var names: [String: String] = [:]
    for spec in try marked.parameters(for: shapes) {
      guard case .shareWith(let mark) = spec.source, mark.hasPrefix("#") else {
        throw NetworkError(
          "cannot share its parameter '\(spec.name)' with '\(other)', as no setting of it says where "
            + "that comes from.")
      }
      names[mark] = spec.name
    }
    guard !names.isEmpty else {
      throw NetworkError("has no parameters to share with '\(other)'; leave out the sharing.")
    }
    var copy = self
    count = 0
    copy.changeSources { source in
      count += 1
      return names["#\(count)"].map { .shareWith("\(other).\($0)") } ?? source
    }
    return copy
  }

  private mutating func changeSources(_ change: (ParameterSource) -> ParameterSource) {
    for setting in Self.settings { setting.changeSources(&self, change) }
  }
}

/// A setting that says where parameters come from.
protocol SourceHolder {
  /// Replaces each source, always in the same order.
  mutating func changeSources(_ change: (ParameterSource) -> ParameterSource)
}

extension ParameterSource: SourceHolder {
  mutating func changeSources(_ change: (ParameterSource) -> ParameterSource) {
    self = change(self)
  }
}

extension Gate: SourceHolder {
  mutating func changeSources(_ change: (ParameterSource) -> ParameterSource) {
    WIn = change(WIn)
    WHid = change(WHid)
    WCell = WCell.map(change)
    b = change(b)
  }
}

extension InitialState: SourceHolder {
  mutating func changeSources(_ change: (ParameterSource) -> ParameterSource) {
    if case .parameter(let source) = self { self = .parameter(change(source)) }
  }
}

extension AttentionProjection: SourceHolder {
  mutating func changeSources(_ change: (ParameterSource) -> ParameterSource) {
    W = change(W)
    b = b.map(change)
  }
}
