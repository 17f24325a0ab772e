import Records
import Testing

@testable import LasagneEngine

struct SessionQueueTests {
  private func queue(cores: Int = 4, memory: [String: Int] = [:]) -> SessionQueue {
    var queue = SessionQueue(cores: cores)
    queue.memory = memory
    return queue
  }

  private func claim(
    _ name: String, threads: Int = 1, memory: Int = 0, device: String = "cpu", priority: Int = 0
  ) -> SessionQueue.Claim {
    SessionQueue.Claim(
      session: name, threads: threads, memory: memory, device: device, priority: priority)
  }

  /// Lets everybody begin for whom there is room.
  private func begin(_ queue: inout SessionQueue) -> [String] {
    var names: [String] = []
    while let next = queue.next() { names.append(next.session) }
    return names
  }

  @Test func `the sum of threads never exceeds the cores, and nobody is overtaken for threads`() {
    var queue = queue()
    for (name, threads) in [("a", 3), ("b", 2), ("c", 1), ("d", 9)] {
      queue.enqueue(claim(name, threads: threads))
    }
    #expect(begin(&queue) == ["a"])
    #expect(queue.free == 1)
    queue.release("a")
    #expect(begin(&queue) == ["b", "c"])
    queue.release("b")
    queue.release("c")
    // Who asks for more than there are gets all of them.
    #expect(begin(&queue) == ["d"])
    #expect(queue.free == 0)
  }

  @Test func `sessions are packed by memory, each device by itself`() {
    var queue = queue(memory: ["cpu": 100, "cuda:0": 50])
    queue.enqueue(claim("a", memory: 60))
    queue.enqueue(claim("b", memory: 60))
    queue.enqueue(claim("c", memory: 30))
    queue.enqueue(claim("g", memory: 45, device: "cuda:0"))
    queue.enqueue(claim("h", memory: 10, device: "cuda:0"))
    // The small one on the CPU does not overtake the large one, the GPU's sessions do.
    #expect(begin(&queue) == ["a", "g"])
    #expect(queue.freeMemory(on: "cpu") == 40)
    queue.raiseMemory(80, of: "a")
    #expect(queue.freeMemory(on: "cpu") == 20)
    queue.release("a")
    #expect(begin(&queue) == ["b", "c"])
    queue.release("g")
    #expect(begin(&queue) == ["h"])
    #expect(queue.freeMemory(on: "cuda:1") == nil)
  }

  @Test func `larger priorities come first, equals in the order they came`() {
    var queue = queue(cores: 1)
    for (name, priority) in [("a", 0), ("b", 1), ("c", 1), ("d", 0), ("e", -1)] {
      queue.enqueue(claim(name, priority: priority))
    }
    queue.enqueue(claim("a", priority: 9))
    #expect(queue.waiting.map(\.session) == ["b", "c", "a", "d", "e"])
    queue.setPriority(1, of: "d")
    #expect(queue.waiting.map(\.session) == ["b", "c", "d", "a", "e"])
    queue.move("e", to: 1)
    #expect(queue.waiting.map(\.session) == ["e", "b", "c", "d", "a"])
    #expect(queue.waiting[0].priority == 1)
    queue.move("e", to: 99)
    #expect(queue.place(of: "e") == 5)
    // It stays where it was put when another one comes.
    queue.enqueue(claim("f"))
    #expect(queue.waiting.map(\.session) == ["b", "c", "d", "a", "e", "f"])
  }

  @Test func `a device that is not allowed keeps its sessions waiting, not the others`() {
    var queue = queue()
    queue.devices = ["cpu"]
    queue.enqueue(claim("g", device: "cuda:0"))
    queue.enqueue(claim("a"))
    #expect(begin(&queue) == ["a"])
    queue.devices = nil
    #expect(begin(&queue) == ["g"])
  }

  @Test func `silence is noticed, work and steps are signs of life`() {
    var pulse = Pulse()
    let patience = EnginePatience(idle: .zero, busy: .seconds(1000))
    #expect(pulse.see(step: 1, beat: 1, work: 1, patience) == nil)
    #expect(pulse.see(step: 1, beat: 1, work: 1, patience) != nil)
    #expect(pulse.see(step: 1, beat: 1, work: 2, patience) == nil)
    #expect(pulse.see(step: 2, beat: 1, work: 2, patience) == nil)
    #expect(pulse.see(step: 2, beat: 2, work: 2, patience) == nil)
    let busy = EnginePatience(idle: .seconds(1000), busy: .zero)
    #expect(pulse.see(step: 2, beat: 2, work: 3, busy) != nil)
    // Where the system does not tell of work, only the longer limit counts.
    #expect(pulse.see(step: 2, beat: 2, work: nil, patience) == nil)
  }
}
