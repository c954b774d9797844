import Cryptography
import Ledger
import Storage

/// Where a block's or a certificate's record lies.
struct AuditPlace: Sendable {
  let height: Height
  let file: DiskPath
  let byteRange: Range<UInt64>?

  func finding(_ matter: AuditFinding.Matter) -> AuditFinding {
    AuditFinding(matter: matter, height: height, file: file, byteRange: byteRange)
  }
}

/// Works out where the records of a log lie, which their lengths alone decide
/// (docs/formats/storage.md), as the blocks are read one after the other.
struct AuditPlaces {
  private static let blocksHeaderByteCount: UInt64 = 116
  private static let recordHeaderByteCount = 8
  private static let digitCount = 20

  private let segmentByteCount: UInt64
  private(set) var segment: Height
  private var offset = AuditPlaces.blocksHeaderByteCount

  init(_ configuration: BlockLog.Configuration) {
    segmentByteCount = configuration.segmentByteCount
    segment = configuration.firstHeight
  }

  mutating func next(_ block: DecodedBlock) -> AuditPlace {
    if offset >= segmentByteCount {
      segment = block.height
      offset = AuditPlaces.blocksHeaderByteCount
    }
    let start = offset
    offset += UInt64(block.bytes.count + AuditPlaces.recordHeaderByteCount)
    return AuditPlace(
      height: block.height, file: AuditPlaces.path("blocks", segment), byteRange: start..<offset)
  }

  /// The file with the certificate of a block in the present segment.
  func certificate(at height: Height) -> AuditPlace {
    AuditPlace(
      height: height, file: AuditPlaces.path("certificates", segment), byteRange: nil)
  }

  private static func path(_ kind: String, _ segment: Height) -> DiskPath {
    let digits = String(segment.rawValue)
    let zeros = String(repeating: "0", count: digitCount - digits.utf8.count)
    return DiskPath("\(kind)/\(zeros)\(digits).\(kind)")
  }
}

/// Checks the finalization certificates in the order of the blocks.
struct AuditCertificates {
  private let log: ChainLog
  /// The last that was read, which covers all blocks up to its height.
  private var covered: Height = .genesis

  init(log: ChainLog) { self.log = log }

  /// Checks the certificate of an executed block, if it has one of its own.
  ///
  /// - Parameter validators: of the block's epoch.
  mutating func check(
    _ block: ExecutedBlock, _ validators: ValidatorSet, at blockPlace: AuditPlace,
    _ verifiers: inout VerifierCache, _ report: inout AuditReport, _ places: AuditPlaces
  ) throws(ChainError) -> [AuditedSignature] {
    let place = places.certificate(at: block.height)
    let found: (height: Height, bytes: [UInt8])?
    do {
      // One that covers this block and is of a later one is met again there.
      guard covered <= block.height else { return [] }
      found = try log.certificate(covering: block.height)
    } catch .storage(.damaged(let damage)) {
      report.add(.damage(damage))
      return []
    }
    guard let found else {
      report.add(blockPlace.finding(.unfinalized))
      return []
    }
    covered = found.height
    guard found.height == block.height else { return [] }
    covered = found.height.next
    let certificate: Certificate
    do {
      certificate = try Certificate(found.bytes)
    } catch {
      report.add(place.finding(.certificateUndecodable(error)))
      return []
    }
    if let fault = AuditCertificates.fault(of: certificate, for: block, validators) {
      report.add(place.finding(.certificate(fault)))
      return []
    }
    let message = certificate.ballot.toBeSigned(network: block.block.header.network)
    let signatures = certificate.signatures.map { signature in
      (
        signer: signature.signer,
        verifier: verifiers.verifier(for: validators[signature.signer].consensusKey),
        signature.signature
      )
    }
    return [AuditedSignature(place, .certificate(message: message, signatures))]
  }

  /// What is wrong with a certificate besides its signatures.
  private static func fault(
    of certificate: Certificate, for block: ExecutedBlock, _ validators: ValidatorSet
  ) -> CertificateFault? {
    let (ballot, header) = (certificate.ballot, block.block.header)
    guard case .finalize(let reference) = ballot.subject else { return .notAFinalization }
    guard reference.hash == block.hash else { return .otherBlock(reference.hash) }
    guard ballot.epoch == header.epoch, ballot.epoch == validators.epoch else {
      return .epoch(ballot.epoch)
    }
    // A closing block may have been proposed again in later views, each time on itself: the parent
    // view is then one in which it had been certified.
    guard ballot.view == header.view || header.isClosing && ballot.view > header.view else {
      return .view(ballot.view)
    }
    let parentViews =
      ballot.view == header.view
      ? header.parentView...header.parentView : header.view...View(ballot.view.rawValue - 1)
    guard parentViews.contains(reference.parentView) else {
      return .parentView(reference.parentView)
    }
    guard certificate.signatures.count >= validators.quorum else {
      return .noQuorum(signatures: certificate.signatures.count, quorum: validators.quorum)
    }
    for signature in certificate.signatures where signature.signer.rawValue >= validators.count {
      return .unknownSigner(signature.signer)
    }
    return nil
  }
}
