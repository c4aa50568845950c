import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Delivery, Destination, FAILURES_TO_OPEN } from './destination.ts';

let serial = 0;
function delivery(): Delivery {
  const id = String(++serial);
  const job = {
    id,
    accountId: '',
    subjectId: id,
    kind: '',
    url: '',
    method: 'POST',
    payload: { form: {} },
    sensitive: [],
    createdAt: 0,
  } as const;
  return { job, attempts: 0, leads: false, firstStart: null, leaseUntil: 0 };
}

function destination(waiting: number, maxConcurrency = 16, maxWaiting = 1_000): Destination {
  const made = new Destination('https://hooks.example.com', maxConcurrency, maxWaiting);
  for (let n = 0; n < waiting; n++) made.push(delivery());
  return made;
}

function start(from: Destination): Delivery {
  const started = from.start();
  assert.ok(started);
  return started;
}

/** A destination whose circuit opened at time 0. */
function opened(): Destination {
  const made = destination(100);
  for (let n = 0; n < FAILURES_TO_OPEN; n++) made.failed(start(made), 0);
  return made;
}

describe('circuit', () => {
  it('closed: an answer starts the count of failures anew', () => {
    const subject = destination(100);
    for (let n = 0; n < 20; n++) {
      if (n % FAILURES_TO_OPEN === FAILURES_TO_OPEN - 1) {
        start(subject);
        subject.answered();
      } else assert.equal(subject.failed(start(subject), 0), false);
      assert.equal(subject.state, 'closed');
    }
  });

  it('closed: opens with the fifth failure in a row, and probes a second later', () => {
    const subject = opened();
    assert.equal(subject.state, 'open');
    assert.equal(subject.probeAt, 1_000);
    assert.equal(subject.mayStart(999), false);
    assert.equal(subject.mayStart(1_000), true);
  });

  it('open: sends one probe and nothing beside it', () => {
    const subject = opened();
    start(subject);
    assert.equal(subject.state, 'probing');
    assert.equal(subject.mayStart(60_000), false);
  });

  it('open: an answer to an earlier request closes it, a failure of one leaves it open', () => {
    const late = destination(100);
    const requests = Array.from({ length: FAILURES_TO_OPEN + 2 }, () => start(late));
    for (const request of requests.slice(0, FAILURES_TO_OPEN + 1)) assert.equal(late.failed(request, 0), false);
    assert.equal(late.state, 'open');
    late.answered();
    assert.equal(late.state, 'closed');
  });

  it('probing: a failed probe doubles the interval up to 15 seconds and says so', () => {
    const subject = opened();
    const intervals: number[] = [];
    for (let n = 0; n < 6; n++) {
      const now = subject.probeAt;
      assert.equal(subject.failed(start(subject), now), true);
      assert.equal(subject.state, 'open');
      intervals.push(subject.probeAt - now);
    }
    assert.deepEqual(intervals, [2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  });

  it('probing: a failure of an earlier request does not count as the probe', () => {
    const subject = destination(100);
    const requests = Array.from({ length: FAILURES_TO_OPEN + 1 }, () => start(subject));
    for (const request of requests.slice(1)) subject.failed(request, 0);
    start(subject);
    const [earlier] = requests;
    assert.ok(earlier);
    assert.equal(subject.failed(earlier, 1_500), false);
    assert.equal(subject.state, 'probing');
  });

  it('probing: an answer closes it', () => {
    const subject = opened();
    start(subject);
    subject.answered();
    assert.equal(subject.state, 'closed');
    assert.equal(subject.mayStart(0), true);
  });

  it('probing: a probe that never left leaves it open', () => {
    const subject = opened();
    subject.undecided(start(subject), 1_000);
    assert.equal(subject.state, 'open');
    assert.equal(subject.probeAt, 2_000);
  });
});

describe('concurrency', () => {
  const inARow = (subject: Destination) => {
    let started = 0;
    while (subject.mayStart(0)) {
      start(subject);
      started++;
    }
    return started;
  };

  it('begins with 8, grows by one with each answer to the limit, halves with each failure', () => {
    const subject = destination(1_000);
    assert.equal(inARow(subject), 8);
    subject.answered();
    assert.equal(inARow(subject), 2);
    for (let n = 0; n < 9; n++) subject.answered();
    inARow(subject);
    assert.equal(subject.inFlight, 16);
    subject.failed(delivery(), 0);
    for (let n = 0; n < 15; n++) subject.undecided(delivery(), 0);
    assert.equal(inARow(subject), 8);
  });
});

it('is full from its limit until half of that is left', () => {
  const subject = destination(10, 16, 10);
  assert.equal(subject.full, true);
  for (let n = 0; n < 4; n++) start(subject);
  assert.equal(subject.full, true);
  start(subject);
  assert.equal(subject.full, false);
});

it('hands out jobs in the order they came, also across many', () => {
  const subject = destination(0);
  const jobs = Array.from({ length: 5_000 }, delivery);
  for (const job of jobs) subject.push(job);
  for (const job of jobs.slice(0, 4_000)) assert.equal(start(subject), job);
  assert.equal(subject.waiting, 1_000);
  assert.deepEqual(subject.drain(), jobs.slice(4_000));
  assert.equal(subject.waiting, 0);
});
