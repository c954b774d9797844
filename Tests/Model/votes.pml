/* The votes of Simplex (docs/architecture.md, "Consensus"): does any order of honest votes make two
 * chains final?
 *
 * Four validators, one of which has signed everything from the beginning; a quorum is three, so two
 * honest votes complete one. Nobody's messages matter, only what has been signed: an honest
 * validator may act on any certificate that could exist by now, as if it had just come to it, and on
 * none, as if none ever would. Two proposals compete in each view; their parents are chosen by
 * whoever would do most harm.
 *
 * Checked after each vote:
 *   - two final blocks are on one chain;
 *   - no view has two notarized blocks, nor a nullification beside a final block.
 *
 * Each of the macros below takes one rule away, and must lead to a counter-example; if one does not,
 * the model is too weak to show anything:
 *   FINALIZE_AFTER_NULLIFY   a validator that gave a view up may still call its block final
 *   SKIP_UNCHECKED           views between a block and its parent need not be nullified
 *   FORGETFUL                one validator forgets its votes once
 *   SMALL_QUORUM             two signatures are a quorum
 */

#ifndef VIEWS
#define VIEWS 2
#endif

#define BLOCKS  (2 * VIEWS)
#define GENESIS BLOCKS
#define UNKNOWN (BLOCKS + 1)
#define HONEST  3

#ifdef SMALL_QUORUM
#define NEEDED 1
#else
#define NEEDED 2
#endif

/* Who has signed what: one bit for each honest validator. Block b belongs to view b / 2. */
byte notarize[BLOCKS];
byte finalize[BLOCKS];
byte nullify[VIEWS];
byte parent[BLOCKS];

#ifdef FORGETFUL
/* What validator 0 no longer knows of its votes, one bit for each view. */
byte forgotten = 0;
bool has_forgotten = false;
#define knows(i, v) (!((i) == 0 && (forgotten & (1 << (v)))))
#else
#define knows(i, v) true
#endif

#define by(i) (1 << (i))
#define count(signers) (((signers) & 1) + (((signers) >> 1) & 1) + (((signers) >> 2) & 1))
#define certified(signers) (count(signers) >= NEEDED)

#define notarized(b) certified(notarize[b])
#define finalized(b) certified(finalize[b])
#define nullified(v) certified(nullify[v])

#define has_notarized(i, v) (((notarize[2*(v)] | notarize[2*(v)+1]) & by(i)) && knows(i, v))
#define has_nullified(i, v) ((nullify[v] & by(i)) && knows(i, v))
#define has_finalized(i, v) (((finalize[2*(v)] | finalize[2*(v)+1]) & by(i)) && knows(i, v))

/* No rule joins what one validator does in two views, so validators can be told apart by the order in
 * which they act in a view, and the two proposals by which is voted for first: one of each kind of
 * state is enough. */
#define acts(i, v) \
  (((notarize[2*(v)] | notarize[2*(v)+1] | finalize[2*(v)] | finalize[2*(v)+1] | nullify[v]) & by(i)) != 0)
#ifdef FORGETFUL
#define first_of_kind(i, v) true
#else
#define first_of_kind(i, v) ((i) == 0 || acts((i) - 1, v))
#endif
#define first_of_two(b) ((b) % 2 == 0 || notarize[(b) - 1] != 0)

#ifdef FINALIZE_AFTER_NULLIFY
#define may_finalize(i, v) true
#else
#define may_finalize(i, v) (!has_nullified(i, v))
#endif

/* Whether `block` may have `other` as its parent: certified, with every view between given up. */
inline judge_parent() {
  if
  :: other == GENESIS -> walk = 0
  :: else -> allowed = allowed && notarized(other); walk = other / 2 + 1
  fi;
#ifndef SKIP_UNCHECKED
  do
  :: walk < view -> allowed = allowed && nullified(walk); walk++
  :: else -> break
  od
#endif
}

inline check() {
  block = 0;
  do
  :: block < BLOCKS ->
    view = block / 2;
    assert(!(notarized(2 * view) && notarized(2 * view + 1)));
    if
    :: finalized(block) ->
      assert(!nullified(view));
      other = block + 1;
      do
      :: other < BLOCKS ->
        if
        :: finalized(other) ->
          walk = other;
          do
          :: walk < BLOCKS && walk > block -> walk = parent[walk]
          :: else -> break
          od;
          assert(walk == block)
        :: else
        fi;
        other++
      :: else -> break
      od
    :: else
    fi;
    block++
  :: else -> break
  od
}

active proctype Validators() {
  /* Scratch, the same before and after each step. */
  byte who, block, view, other, walk, allowed;

  block = 0;
  do
  :: block < BLOCKS -> parent[block] = UNKNOWN; block++
  :: else -> break
  od;

  do
  :: atomic {
      select(who : 0 .. HONEST - 1);
      select(block : 0 .. BLOCKS - 1);
      view = block / 2;
      allowed = 1;
      if
      /* NOTARIZE: once a view, and not after giving it up. */
      :: !has_notarized(who, view) && !has_nullified(who, view) &&
          first_of_kind(who, view) && first_of_two(block) ->
        if
        :: parent[block] != UNKNOWN -> other = parent[block]
        :: parent[block] == UNKNOWN ->
          if
          :: other = GENESIS
          :: view > 0 -> select(other : 0 .. 2 * view - 1)
          fi
        fi;
        judge_parent();
        if
        :: allowed -> parent[block] = other; notarize[block] = notarize[block] | by(who)
        :: else
        fi
      /* NULLIFY: not after having called a block of the view final. */
      :: block % 2 == 0 && !has_nullified(who, view) && !has_finalized(who, view) &&
          first_of_kind(who, view) ->
        nullify[view] = nullify[view] | by(who)
      /* FINALIZE: a notarized block, the own one if there is one, of a view that was not given up. */
      :: notarized(block) && !has_finalized(who, view) && first_of_kind(who, view) &&
          (!has_notarized(who, view) || (notarize[block] & by(who))) && may_finalize(who, view) ->
        finalize[block] = finalize[block] | by(who)
#ifdef FORGETFUL
      :: who == 0 && !has_forgotten -> has_forgotten = true; forgotten = (1 << VIEWS) - 1
#endif
      :: else
      fi;
      d_step {
        check();
        who = 0; block = 0; view = 0; other = 0; walk = 0; allowed = 0
      }
    }
  od
}
