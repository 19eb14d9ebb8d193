import { insights, metric, rdsEvent, step } from '../testing/builders.js';
import { expected, said, type Case } from '../testing/recognise.js';

const cases: Case[] = [
  [
    'replication lag',
    'Replication lag on orders-prod',
    'resource_exhaustion',
    'replication_lag',
    ['WAL', 'replica'],
    [
      metric('ReplicaLag', step(5, 900), 'orders-prod-replica-1', 'Seconds'),
      metric('TransactionLogsGeneration', step(4e6, 2e8)),
      metric('CPUUtilization', step(20, 45)),
      insights('UPDATE a SET b = 1', 'WAL:Lock'),
    ],
  ],
  [
    'connections near the limit',
    'Connections high on orders-prod',
    'resource_exhaustion',
    'connection_exhaustion',
    ['idle', 'ClientRead'],
    [
      metric('DatabaseConnections', step(200, 495)),
      metric('CPUUtilization', step(20, 30)),
      rdsEvent('DB instance orders-prod has 495 connections, approaching the maximum of 500.'),
      insights('SELECT 1', 'Client:ClientRead'),
    ],
  ],
  [
    'storage that ran out',
    'Writes fail on orders-prod',
    'resource_exhaustion',
    'storage_full',
    ['storage space'],
    [
      metric('FreeStorageSpace', [2e10, 1.5e10, 1e10, 8e9, 5e9, 2e9, 1e9, 3e8, 0, 0, 0, 0], 'orders-prod', 'Bytes'),
      rdsEvent('DB instance ran out of storage space.'),
    ],
  ],
  [
    'a CPU-bound query',
    'CPU saturated on orders-prod',
    'resource_exhaustion',
    'cpu_saturation',
    ['SELECT * FROM orders'],
    [
      metric('CPUUtilization', step(22, 96), 'orders-prod', 'Percent'),
      metric('ReadIOPS', step(200, 2_000)),
      insights('SELECT * FROM orders WHERE note LIKE $1', 'CPU:user'),
    ],
  ],
  [
    'blocked sessions',
    'orders-prod is slow',
    'resource_exhaustion',
    'locks',
    ['Lock'],
    [metric('CPUUtilization', step(22, 12)), insights('UPDATE orders SET status = $1', 'Lock:transactionid')],
  ],
  [
    'checkpoints in bursts',
    'orders-prod latency',
    'resource_exhaustion',
    'checkpoint_storm',
    ['Checkpoint'],
    [
      metric('CPUUtilization', step(30, 91)),
      metric('WriteIOPS', step(500, 9_000)),
      rdsEvent('checkpoints are occurring too frequently (9 seconds apart)'),
      insights('INSERT INTO a VALUES (1)', 'IO:WALWrite'),
    ],
  ],
  [
    'a failover',
    'Connections dropped on orders-prod',
    'infrastructure',
    'failover',
    ['failover initiated'],
    [
      metric('DatabaseConnections', [300, 301, 302, 300, 0, 0, 280, 300, 301, 300, 300, 302]),
      rdsEvent('Multi-AZ instance failover initiated. Reason: health check failure on primary host.', '2026-03-27T10:04:00Z'),
      rdsEvent('Multi-AZ instance failover completed.', '2026-03-27T10:05:00Z'),
    ],
  ],
  [
    'storage at its limit',
    'orders-prod write latency',
    'resource_exhaustion',
    'io_saturation',
    ['DiskQueueDepth'],
    [metric('DiskQueueDepth', step(0.2, 40)), metric('WriteLatency', step(1, 60)), metric('BurstBalance', step(100, 0))],
  ],
  [
    'memory and swap',
    'orders-prod memory',
    'resource_exhaustion',
    'memory_pressure',
    ['swap'],
    [metric('FreeableMemory', step(8e9, 2e8)), metric('SwapUsage', step(5e7, 4e9))],
  ],
  [
    'transaction ids running out',
    'orders-prod wraparound',
    'resource_exhaustion',
    'vacuum_debt',
    ['wraparound'],
    [metric('MaximumUsedTransactionIDs', step(1.8e9, 1.9e9))],
  ],
];

describe('the rules for databases', () => {
  it.each(cases)('recognise %s', (...failure) => expect(said(failure)).toEqual(expected(failure)));
});
