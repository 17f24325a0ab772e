import Datasets
import Foundation
import Interop
import Lasagne
import LasagneEngine
import Storage
import Tensors
import Training

/// Whether an error's description is already the sentence a person should read.
func isOurs(_ error: any Error) -> Bool {
  error is EngineError || error is StorageError || error is FileFormatError
    || error is NetworkError || error is InteropError || error is TensorError
    || error is TrainingError
}

/// 1 where the work failed, 2 where the request was wrong.
func endingCode(for error: any Error) -> Int32 {
  switch error {
  case let error as EngineError: error.kind == .failed ? 1 : 2
  case let error as StorageError:
    switch error.kind {
    case .missing, .exists, .invalid, .notAWorkspace, .newerVersion, .locked: 2
    case .damaged, .noSpace, .uncertain, .system: 1
    }
  case let error as FileFormatError: error.isDiskFull ? 1 : 2
  case is TensorError: 1
  default: 2
  }
}
