/** Programs that only look or only transform text, whatever their options. Those with options that write have a reader. */
export const HARMLESS = new Set(
  `{ echo printf true false : test [ [[ ls pwd cd whoami id groups who w last cal uptime uname nproc free df du lsblk blkid findmnt lscpu lsmem lsusb
  lspci ps pgrep pidof pstree top htop atop vmstat iostat mpstat dstat pidstat nstat netstat dig nslookup host getent ping6 traceroute tracepath mtr
  whois wc cut tr paste join column fold fmt rev comm diff cmp sdiff jq xq grep file stat readlink realpath basename dirname
  md5sum sha1sum sha256sum sha512sum b2sum cksum base64 base32 seq expr bc sleep which whereis type man info apropos help locale env printenv tty stty
  pg_isready pg_config lastlog cut awk gawk mawk tput clear jobs fg bg wait read shift return exit break continue export local declare
  typeset readonly unalias source . trap eval getopts umask pushd popd dirs command builtin exec shopt let times logout
  pmap slabtop numastat ipcs iotop iftop nethogs lastb getfacl lsattr namei locate factor atq mailq mysqlshow mongostat mongotop pg_lsclusters
  pg_controldata getenforce sestatus aa-status quota repquota lslocks lsns lsmod lsipc sensors exa eza kubeval yamllint grpc_health_probe
  test timeout nohup sudo xargs ssh su numfmt tsort od xxd hexdump zcat
  bzcat xzcat zless`.split(/\s+/),
);
