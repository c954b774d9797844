import CBOR
import Cryptography

// Public part: keys 0 kind, 1 by, 2 the vehicle, the model or the sequence of a
// change of the network, 3 and up by kind.
// Private part: key 0 occurred at, 1 and up by kind.
// What is unstated, and a rule or clause that is at its default, is left out.

extension Operation {
  package func encodePublicPart(into encoder: inout CBOREncoder) {
    var map = encoder.beginShortMap()
    encoder.key(0, in: &map)
    encoder.unsigned(body.kind.rawValue)
    encoder.key(1, in: &map)
    encoder.memberID(by)
    encoder.key(2, in: &map)
    switch body {
    case .registerVehicle(let registration):
      encoder.vin(registration.vin)
      if registration.checkDigitRule != .applies {
        encoder.key(3, in: &map)
        encoder.unsigned(registration.checkDigitRule.rawValue)
      }
    case .recordValuation(let valuation):
      encoder.vin(valuation.vin)
      encoder.key(3, in: &map)
      encoder.identifier(valuation.id)
    case .createPledge(let pledge):
      encoder.vin(pledge.vin)
      encoder.key(3, in: &map)
      encoder.identifier(pledge.id)
      encoder.key(4, in: &map)
      encoder.unsigned(pledge.security.rawValue)
      if case .transcribed(let since, _) = pledge.basis {
        encoder.key(5, in: &map)
        encoder.timestamp(since)
      }
    case .releasePledge(let release):
      encoder.vin(release.vin)
      encoder.key(3, in: &map)
      encoder.identifier(release.id)
      encoder.key(4, in: &map)
      encoder.unsigned(release.reason.rawValue)
    case .releasePledgeByOrder(let release):
      encoder.vin(release.vin)
      encoder.key(3, in: &map)
      encoder.identifier(release.id)
    case .registerModel(let registration):
      encoder.identifier(registration.model.id)
      encoder.key(3, in: &map)
      encoder.identifier(registration.model.version)
    case .governance(let change): change.encode(into: &encoder, map: &map)
    }
    encoder.end(map)
  }

  package func encodePrivatePart(into encoder: inout CBOREncoder) {
    var map = encoder.beginShortMap()
    if let occurredAt {
      encoder.key(0, in: &map)
      encoder.timestamp(occurredAt)
    }
    switch body {
    case .registerVehicle(let registration): registration.encode(into: &encoder, map: &map)
    case .recordValuation(let valuation): valuation.encode(into: &encoder, map: &map)
    case .createPledge(let pledge): pledge.encode(into: &encoder, map: &map)
    case .releasePledge(let release):
      if let paidOn = release.paidOn {
        encoder.key(1, in: &map)
        encoder.calendarDate(paidOn)
      }
    case .releasePledgeByOrder(let release):
      encoder.key(1, in: &map)
      encoder.disclosableIdentifier(release.caseNumber)
      encoder.key(2, in: &map)
      encoder.document(release.judgment)
    case .registerModel(let registration): registration.encode(into: &encoder, map: &map)
    case .governance: break
    }
    encoder.end(map)
  }
}

extension VehicleRegistration {
  func encode(into encoder: inout CBOREncoder, map: inout CBOREncoder.ShortMap) {
    if let owners {
      encoder.key(1, in: &map)
      encoder.array(owners.count)
      for owner in owners { encoder.party(owner) }
    }
    if let plate {
      encoder.key(2, in: &map)
      encoder.digest(plate.digest)
    }
    if let use {
      encoder.key(3, in: &map)
      encoder.unsigned(use.rawValue)
    }
    if let energy {
      encoder.key(4, in: &map)
      encoder.unsigned(energy.rawValue)
    }
    encoder.key(5, in: &map)
    encoder.descriptiveText(make)
    encoder.key(6, in: &map)
    encoder.descriptiveText(model)
    encoder.key(7, in: &map)
    encoder.unsigned(UInt64(modelYear))
    if let odometer {
      encoder.key(8, in: &map)
      encoder.unsigned(UInt64(odometer.rawValue))
    }
    if let firstRegistered {
      encoder.key(9, in: &map)
      encoder.calendarDate(firstRegistered)
    }
    if let region {
      encoder.key(10, in: &map)
      encoder.region(region)
    }
    if let certificate {
      encoder.key(11, in: &map)
      encoder.document(certificate)
    }
    if !evidence.isEmpty {
      encoder.key(12, in: &map)
      encoder.array(evidence.count)
      for document in evidence { encoder.document(document) }
    }
  }
}

extension ValuationRecording {
  func encode(into encoder: inout CBOREncoder, map: inout CBOREncoder.ShortMap) {
    encoder.key(1, in: &map)
    encoder.unsigned(method.rawValue)
    encoder.key(2, in: &map)
    encoder.unsigned(basis.rawValue)
    encoder.key(3, in: &map)
    encoder.money(value)
    if let low {
      encoder.key(4, in: &map)
      encoder.money(low)
    }
    if let high {
      encoder.key(5, in: &map)
      encoder.money(high)
    }
    encoder.key(6, in: &map)
    encoder.timestamp(asOf)
    if let odometer {
      encoder.key(7, in: &map)
      encoder.unsigned(UInt64(odometer.rawValue))
    }
    if let condition {
      encoder.key(8, in: &map)
      encoder.unsigned(UInt64(condition))
    }
    if let region {
      encoder.key(9, in: &map)
      encoder.region(region)
    }
    if let model {
      encoder.key(10, in: &map)
      encoder.array(2)
      encoder.identifier(model.id)
      encoder.identifier(model.version)
    }
    if let input {
      encoder.key(11, in: &map)
      encoder.document(input)
    }
    if let report {
      encoder.key(12, in: &map)
      encoder.document(report)
    }
  }
}

extension PledgeCreation {
  func encode(into encoder: inout CBOREncoder, map: inout CBOREncoder.ShortMap) {
    encoder.key(1, in: &map)
    encoder.party(pledgor)
    encoder.key(2, in: &map)
    encoder.party(debtor)
    encoder.key(3, in: &map)
    encoder.money(principal)
    if let maximumSecured {
      encoder.key(4, in: &map)
      encoder.money(maximumSecured)
    }
    encoder.key(5, in: &map)
    encoder.document(contract)
    encoder.key(6, in: &map)
    encoder.calendarDate(start)
    encoder.key(7, in: &map)
    encoder.calendarDate(maturity)
    switch basis {
    case .search(let valuation, let height):
      encoder.key(8, in: &map)
      encoder.identifier(valuation)
      encoder.key(9, in: &map)
      encoder.height(height)
    case .transcribed(_, let annotation):
      encoder.key(10, in: &map)
      encoder.document(annotation)
    }
    if transferClause != .none {
      encoder.key(11, in: &map)
      encoder.unsigned(transferClause.rawValue)
    }
    if let ownerConsent {
      encoder.key(12, in: &map)
      encoder.document(ownerConsent)
    }
  }
}

extension ModelRegistration {
  func encode(into encoder: inout CBOREncoder, map: inout CBOREncoder.ShortMap) {
    encoder.key(1, in: &map)
    encoder.document(artefact)
    encoder.key(2, in: &map)
    encoder.calendarDate(calibratedOn)
    encoder.key(3, in: &map)
    encoder.unsigned(UInt64(errorBound.rawValue))
    encoder.key(4, in: &map)
    encoder.calendarDate(nextCalibration)
  }
}
