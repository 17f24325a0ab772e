import Lasagne
import Testing

@Suite struct WrongNetworkTests {
  @Test(arguments: WrongNetwork.all)
  func `a wrong network is refused in one sentence`(_ wrong: WrongNetwork) {
    let error = #expect(throws: NetworkError.self) { try Network(modelFile: wrong.modelFile) }
    #expect(error?.description == wrong.sentence)
  }

  @Test func `each sentence is one, and says of which layer it is`() {
    #expect(Set(WrongNetwork.all.map(\.what)).count == WrongNetwork.all.count)
    for wrong in WrongNetwork.all {
      let sentence = wrong.sentence
      #expect(sentence.hasSuffix(".") || sentence.hasSuffix("?"), "\(wrong.what)")
      #expect(!sentence.contains(". ") && !sentence.contains("\n"), "\(wrong.what)")
      let names = wrong.layers.compactMap { $0.firstMatch(of: /name: (\w+)/)?.output.1 }
      let isAboutALayer = names.contains { sentence.hasPrefix("\($0) ") }
      #expect(isAboutALayer || sentence.hasPrefix("The network 'net' "), "\(wrong.what)")
    }
  }
}
