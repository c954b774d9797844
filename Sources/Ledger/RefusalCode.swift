/// Why a transaction, or one of its fields, is turned away (docs/formats/refusals.md).
///
/// Raw values are recorded in blocks: they are stable and never reused. Codes below 100 are given at
/// the door, before anything is ordered; the others are outcomes that blocks record.
package enum RefusalCode: UInt16, CaseIterable, Error, Sendable {
  // At the door: form.
  case vinLength = 1
  case vinCharacter = 2
  case vinCheckDigit = 3
  case vinDegenerate = 4
  case usccInvalid = 5
  case leiInvalid = 6
  case currencyUnknown = 7
  case amountNotPositive = 8
  case fieldTooLong = 9
  case notCanonical = 10
  case identifierInvalid = 11
  case regionInvalid = 12
  case plateInvalid = 13
  case personalDataSuspected = 14
  case valueOutOfRange = 15
  case transactionTooLarge = 16
  case soleTraderDisclosed = 17
  case authorityMixed = 18
  case epochChangeNotLast = 19

  // At the door: the transaction as a whole.
  case referenceReused = 40
  case transactionExpired = 41
  case validityTooLong = 42
  case signatureInvalid = 43
  case memberUnknown = 44
  case keyUnknown = 45
  case wrongNetwork = 46
  case queueFull = 47
  case memberQuotaExceeded = 48
  case refusalQuotaExceeded = 49
  case nodeNotWriting = 50
  case epochClosing = 51

  // Outcomes: members.
  case memberSuspended = 100
  case roleNotAuthorised = 101
  case signerMissing = 102

  // Outcomes: vehicles.
  case vehicleUnknown = 110
  case vehicleAlreadyRegistered = 111
  case vehicleDeregistered = 112
  case vehicleBlocked = 113
  case vehicleOnWatchList = 114
  case vehicleTitleUnstated = 115
  case vehicleRecordFull = 116

  // Outcomes: pledges.
  case pledgeAlreadyActive = 120
  case pledgeSlotReserved = 121
  case pledgeIDUsed = 122
  case pledgeUnknown = 123
  case pledgeNotActive = 124
  case releaseNotByPledgee = 125
  case releaseBlockedBySeizure = 126
  case releaseBlockedByDisposal = 127
  case pledgorNotOwner = 128
  case searchOutdated = 129
  case maximumBelowPrincipal = 130

  // Outcomes: valuations and models.
  case valuationMissing = 140
  case valuationStale = 141
  case valuationFutureDated = 142
  case valuationBandInvalid = 143
  case valuationCurrencyMismatch = 144
  case valuationIDUsed = 145
  case modelNotRegistered = 146
  case modelCalibrationOverdue = 147
  case loanToValueExceeded = 148
  case modelVersionUsed = 149
  case calibrationTooFar = 150

  // Outcomes: terms and times.
  case termOutOfRange = 160
  case maturityBeforeStart = 161
  case timeInFuture = 162
  case timeBeforeRegistration = 163

  // Outcomes: changes of the network.
  case quorumMissing = 170
  case governanceSequence = 171
  case policyRetroactive = 172
  case memberNotAdmitted = 173
  case memberAlreadyAdmitted = 174
  case memberLimitReached = 175
  case entityInUse = 176
  case keyInUse = 177
  case keyProofInvalid = 178
  case keyNotHeld = 179
  case keyLimitReached = 180
  case lastKey = 181
  case nodeUnknown = 182
  case thresholdUnreachable = 183
  case validatorSetChangeTooLarge = 184
  case attestationInvalid = 185
  case attestationsMissing = 186

  /// Whether a block records this code as an outcome; the others are given at the door only.
  package var isOutcome: Bool { rawValue >= 100 }

  /// The code as documents, logs and JSON write it.
  package var name: String {
    switch self {
    case .vinLength: "VIN_LENGTH"
    case .vinCharacter: "VIN_CHARACTER"
    case .vinCheckDigit: "VIN_CHECK_DIGIT"
    case .vinDegenerate: "VIN_DEGENERATE"
    case .usccInvalid: "USCC_INVALID"
    case .leiInvalid: "LEI_INVALID"
    case .currencyUnknown: "CURRENCY_UNKNOWN"
    case .amountNotPositive: "AMOUNT_NOT_POSITIVE"
    case .fieldTooLong: "FIELD_TOO_LONG"
    case .notCanonical: "NOT_CANONICAL"
    case .identifierInvalid: "IDENTIFIER_INVALID"
    case .regionInvalid: "REGION_INVALID"
    case .plateInvalid: "PLATE_INVALID"
    case .personalDataSuspected: "PERSONAL_DATA_SUSPECTED"
    case .valueOutOfRange: "VALUE_OUT_OF_RANGE"
    case .transactionTooLarge: "TRANSACTION_TOO_LARGE"
    case .soleTraderDisclosed: "SOLE_TRADER_DISCLOSED"
    case .authorityMixed: "AUTHORITY_MIXED"
    case .epochChangeNotLast: "EPOCH_CHANGE_NOT_LAST"
    case .referenceReused: "REFERENCE_REUSED"
    case .transactionExpired: "TRANSACTION_EXPIRED"
    case .validityTooLong: "VALIDITY_TOO_LONG"
    case .signatureInvalid: "SIGNATURE_INVALID"
    case .memberUnknown: "MEMBER_UNKNOWN"
    case .keyUnknown: "KEY_UNKNOWN"
    case .wrongNetwork: "WRONG_NETWORK"
    case .queueFull: "QUEUE_FULL"
    case .memberQuotaExceeded: "MEMBER_QUOTA_EXCEEDED"
    case .refusalQuotaExceeded: "REFUSAL_QUOTA_EXCEEDED"
    case .nodeNotWriting: "NODE_NOT_WRITING"
    case .epochClosing: "EPOCH_CLOSING"
    case .memberSuspended: "MEMBER_SUSPENDED"
    case .roleNotAuthorised: "ROLE_NOT_AUTHORISED"
    case .signerMissing: "SIGNER_MISSING"
    case .vehicleUnknown: "VEHICLE_UNKNOWN"
    case .vehicleAlreadyRegistered: "VEHICLE_ALREADY_REGISTERED"
    case .vehicleDeregistered: "VEHICLE_DEREGISTERED"
    case .vehicleBlocked: "VEHICLE_BLOCKED"
    case .vehicleOnWatchList: "VEHICLE_ON_WATCH_LIST"
    case .vehicleTitleUnstated: "VEHICLE_TITLE_UNSTATED"
    case .vehicleRecordFull: "VEHICLE_RECORD_FULL"
    case .pledgeAlreadyActive: "PLEDGE_ALREADY_ACTIVE"
    case .pledgeSlotReserved: "PLEDGE_SLOT_RESERVED"
    case .pledgeIDUsed: "PLEDGE_ID_USED"
    case .pledgeUnknown: "PLEDGE_UNKNOWN"
    case .pledgeNotActive: "PLEDGE_NOT_ACTIVE"
    case .releaseNotByPledgee: "RELEASE_NOT_BY_PLEDGEE"
    case .releaseBlockedBySeizure: "RELEASE_BLOCKED_BY_SEIZURE"
    case .releaseBlockedByDisposal: "RELEASE_BLOCKED_BY_DISPOSAL"
    case .pledgorNotOwner: "PLEDGOR_NOT_OWNER"
    case .searchOutdated: "SEARCH_OUTDATED"
    case .maximumBelowPrincipal: "MAXIMUM_BELOW_PRINCIPAL"
    case .valuationMissing: "VALUATION_MISSING"
    case .valuationStale: "VALUATION_STALE"
    case .valuationFutureDated: "VALUATION_FUTURE_DATED"
    case .valuationBandInvalid: "VALUATION_BAND_INVALID"
    case .valuationCurrencyMismatch: "VALUATION_CURRENCY_MISMATCH"
    case .valuationIDUsed: "VALUATION_ID_USED"
    case .modelNotRegistered: "MODEL_NOT_REGISTERED"
    case .modelCalibrationOverdue: "MODEL_CALIBRATION_OVERDUE"
    case .loanToValueExceeded: "LOAN_TO_VALUE_EXCEEDED"
    case .modelVersionUsed: "MODEL_VERSION_USED"
    case .calibrationTooFar: "CALIBRATION_TOO_FAR"
    case .termOutOfRange: "TERM_OUT_OF_RANGE"
    case .maturityBeforeStart: "MATURITY_BEFORE_START"
    case .timeInFuture: "TIME_IN_FUTURE"
    case .timeBeforeRegistration: "TIME_BEFORE_REGISTRATION"
    case .quorumMissing: "QUORUM_MISSING"
    case .governanceSequence: "GOVERNANCE_SEQUENCE"
    case .policyRetroactive: "POLICY_RETROACTIVE"
    case .memberNotAdmitted: "MEMBER_NOT_ADMITTED"
    case .memberAlreadyAdmitted: "MEMBER_ALREADY_ADMITTED"
    case .memberLimitReached: "MEMBER_LIMIT_REACHED"
    case .entityInUse: "ENTITY_IN_USE"
    case .keyInUse: "KEY_IN_USE"
    case .keyProofInvalid: "KEY_PROOF_INVALID"
    case .keyNotHeld: "KEY_NOT_HELD"
    case .keyLimitReached: "KEY_LIMIT_REACHED"
    case .lastKey: "LAST_KEY"
    case .nodeUnknown: "NODE_UNKNOWN"
    case .thresholdUnreachable: "THRESHOLD_UNREACHABLE"
    case .validatorSetChangeTooLarge: "VALIDATOR_SET_CHANGE_TOO_LARGE"
    case .attestationInvalid: "ATTESTATION_INVALID"
    case .attestationsMissing: "ATTESTATIONS_MISSING"
    }
  }

  /// The code with this name, as `explain` looks it up.
  package init?(name: String) {
    guard let code = RefusalCode.allCases.first(where: { $0.name == name }) else { return nil }
    self = code
  }
}
