/** /proc/sys/net: what the network is set to. Linux: Documentation/networking/ip-sysctl.rst. */
import type { Kernel } from '../kernel.ts';

const BUFFER = 212992;

/** A line for each file below /proc/sys/net, by path. */
export const NET_SYSCTL: Readonly<Record<string, (k: Kernel) => string | number>> = {
  'sys/net/core/optmem_max': () => 131072,
  'sys/net/core/rmem_default': () => BUFFER,
  'sys/net/core/rmem_max': () => BUFFER,
  'sys/net/core/somaxconn': () => 4096,
  'sys/net/core/wmem_default': () => BUFFER,
  'sys/net/core/wmem_max': () => BUFFER,
  'sys/net/ipv4/ip_default_ttl': () => 64,
  'sys/net/ipv4/ip_forward': () => 0,
  'sys/net/ipv4/ip_local_port_range': () => '32768\t60999',
  'sys/net/ipv4/ip_nonlocal_bind': () => 0,
  'sys/net/ipv4/ip_unprivileged_port_start': (k) => k.vfs.firstFreePort,
  'sys/net/ipv4/ping_group_range': () => '0\t2147483647',
  'sys/net/ipv4/tcp_available_congestion_control': () => 'reno cubic',
  'sys/net/ipv4/tcp_congestion_control': () => 'cubic',
  'sys/net/ipv4/tcp_fastopen': () => 0,
  'sys/net/ipv4/tcp_fin_timeout': () => 60,
  'sys/net/ipv4/tcp_keepalive_intvl': () => 75,
  'sys/net/ipv4/tcp_keepalive_probes': () => 9,
  'sys/net/ipv4/tcp_keepalive_time': () => 7200,
  'sys/net/ipv4/tcp_max_syn_backlog': () => 512,
  'sys/net/ipv4/tcp_rmem': () => '4096\t131072\t6291456',
  'sys/net/ipv4/tcp_syncookies': () => 1,
  'sys/net/ipv4/tcp_tw_reuse': () => 2,
  'sys/net/ipv4/tcp_wmem': () => '4096\t16384\t4194304',
  'sys/net/ipv6/bindv6only': () => 0,
  'sys/net/ipv6/conf/all/disable_ipv6': () => 0,
  'sys/net/ipv6/conf/default/disable_ipv6': () => 0,
  'sys/net/ipv6/conf/lo/disable_ipv6': () => 0,
  'sys/net/unix/max_dgram_qlen': (k) => k.vfs.inet.maxUnixDatagrams,
};
