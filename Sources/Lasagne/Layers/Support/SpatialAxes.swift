/// Over how many axes of its input a layer works, told by a type: what `Conv1DLayer`, `Conv2DLayer` and
/// `Conv3DLayer` differ in.
public protocol SpatialAxes: Sendable {
  /// The number of axes after batch and channels.
  static var count: Int { get }
}

/// Sequences of shape (batch, channels, length).
public enum OneAxis: SpatialAxes {
  /// The number of axes after batch and channels.
  public static let count = 1
}

/// Images of shape (batch, channels, rows, columns).
public enum TwoAxes: SpatialAxes {
  /// The number of axes after batch and channels.
  public static let count = 2
}

/// Volumes of shape (batch, channels, depth, rows, columns).
public enum ThreeAxes: SpatialAxes {
  /// The number of axes after batch and channels.
  public static let count = 3
}
