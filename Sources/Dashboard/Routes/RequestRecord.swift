import Foundation
import Hummingbird
import NIOCore

extension Request {
  /// Whether the body is said to be JSON, which no form of another site's page can say.
  var isJSON: Bool {
    let type = headers[.contentType]?.split(separator: ";").first ?? ""
    return type.trimmingCharacters(in: .whitespaces).lowercased() == "application/json"
  }

  /// The record in the request's body.
  ///
  /// Throws ``DashboardError/invalid(_:)`` with the field that is wrong, and the errors of a body
  /// that is too large or broken on its way.
  func record<Value: Decodable>(_ type: Value.Type, upTo limit: Int) async throws -> Value {
    let bytes = try await content(upTo: limit)
    try StrictJSON.check(bytes.readableBytesView)
    do {
      return try JSONDecoder().decode(type, from: Data(buffer: bytes))
    } catch let error as DecodingError {
      throw DashboardError.invalid(Self.sentence(for: error))
    }
  }

  /// The whole body; one that is too large, or broken on its way, is refused.
  private func content(upTo limit: Int) async throws -> ByteBuffer {
    do {
      return try await body.collect(upTo: limit)
    } catch is NIOTooManyBytesError {
      throw HTTPError(.contentTooLarge)
    } catch {
      throw HTTPError(.badRequest, message: "The request's body could not be read.")
    }
  }

  private static func sentence(for error: DecodingError) -> String {
    func field(_ context: DecodingError.Context, _ more: [any CodingKey] = []) -> String {
      let path = (context.codingPath + more).map { $0.intValue.map(String.init) ?? $0.stringValue }
      return path.joined(separator: ".")
    }
    switch error {
    case .keyNotFound(let key, let context):
      return "The body needs the field '\(field(context, [key]))'."
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      let name = field(context)
      return name.isEmpty
        ? "The body must be the JSON object that this address takes; see /api/openapi.json."
        : "The body's field '\(name)' has a value that it cannot have."
    @unknown default:
      return "The body could not be understood."
    }
  }
}

extension DashboardContext {
  /// A name in the address: letters, digits and `-_.`, for params also `@` and a version.
  ///
  /// It is looked up in a table or a folder of such names; anything else does not exist.
  func name(_ field: String, allowsVersion: Bool = false) throws -> String {
    let text = parameters.get(field)?.removingPercentEncoding ?? ""
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."):
        true
      case UInt8(ascii: "@"): allowsVersion
      default: false
      }
    }
    guard isPlain, !text.isEmpty, text.utf8.count <= 90, text.first != "." else {
      throw DashboardError.notFound("There is nothing of this name.")
    }
    return text
  }
}
