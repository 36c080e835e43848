#!/usr/bin/perl
# The programs of the Agent as far as our manifests know them. Metrics are kept in /tmp/metrics, a datagram a line; what
# comes to the port for traces goes on, byte by byte, to Datadog's own test agent, which keeps and judges it. Metrics
# that come there go to DogStatsD, as from the real one: that, the test agent cannot do.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use Socket qw(MSG_PEEK);
use constant {TEST_AGENT => 8127, PROXY => '/dogstatsd/v2/proxy'};

my ($program) = $0 =~ m{([^/]+)$};
my $command = join ' ', @ARGV;
$| = 1;

if ($program eq 'agent' && $command eq 'status --json') {
    my $checks = join ',', map { qq("$_": {"$_:1": {"TotalRuns": 1, "TotalErrors": 0, "LastError": ""}}) } qw(http_check openmetrics);
    my $metrics = lines('/tmp/metrics');
    print qq({"version": "stand-in", "runnerStats": {"Checks": {$checks}}, "dogstatsdStats": {"MetricPackets": $metrics}}\n);
    exit 0;
}
if ($program eq 'agent') {
    die "the configuration is not whole\n" unless `cat /etc/datadog-agent/datadog.yaml` =~ /api_key_given: yes/;
    die "no socket of containerd\n" unless -S $ENV{DD_CRI_SOCKET_PATH};
    exit datagrams(8125) unless my $pid = fork;
    serve($ENV{DD_HEALTH_PORT}, \&converse);
}
if ($program eq 'trace-agent') {
    run_test_agent() if fork;
    select undef, undef, undef, 0.1 until IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => TEST_AGENT);
    serve($ENV{DD_APM_RECEIVER_PORT}, \&pass_on);
}
die "no token\n" unless length($ENV{DD_CLUSTER_AGENT_AUTH_TOKEN} // '') >= 32;
serve($ENV{DD_HEALTH_PORT}, \&converse);

# Without our environment: with the key it would send to Datadog.
sub run_test_agent {
    %ENV = (ENABLED_CHECKS => 'trace_content_length,trace_count_header,meta_tracer_version_header');
    chdir '/tmp';
    exec '/opt/test-agent/bin/ddapm-test-agent', '--port', TEST_AGENT, '--disable-llmobs-data-forwarding' or die $!;
}

sub lines {
    my ($file) = @_;
    open my $in, '<', $file or return 0;
    my @all = <$in>;
    return scalar @all;
}

sub datagrams {
    my ($port) = @_;
    my $socket = IO::Socket::INET->new(LocalPort => $port, Proto => 'udp') or die "UDP $port: $!\n";
    while (defined $socket->recv(my $data, 65535)) {
        open my $out, '>>', '/tmp/metrics' or die $!;
        print $out map { "$_\n" } grep { length } split /\n/, $data;
        close $out;
    }
}

sub serve {
    my ($port, $talk) = @_;
    my $server = IO::Socket::INET->new(LocalPort => $port, Listen => 64, ReuseAddr => 1) or die "TCP $port: $!\n";
    $SIG{CHLD} = 'IGNORE';
    while (1) {
        my $client = $server->accept or next;
        if (fork) { close $client; next }
        $talk->($client);
        exit 0;
    }
}

sub pass_on {
    my ($client) = @_;
    defined recv $client, my $start, 64, MSG_PEEK or return;
    return converse($client) if $start =~ m{^POST ${\PROXY} };
    my $there = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => TEST_AGENT) or return;
    my %other = ($client => $there, $there => $client);
    my $both = IO::Select->new($client, $there);
    while (1) {
        for my $one ($both->can_read) {
            sysread $one, my $data, 65536 or return;
            print {$other{$one}} $data;
        }
    }
}

sub converse {
    my ($client) = @_;
    1 while answer($client);
}

sub answer {
    my ($client) = @_;
    my $first = <$client> // return 0;
    my ($path) = $first =~ m{^\S+ (\S+)};
    my ($length, $chunked) = (0, 0);
    while (defined(my $line = <$client>)) {
        last if $line =~ /^\r?\n$/;
        $length = $1 if $line =~ /^content-length:\s*(\d+)/i;
        $chunked = 1 if $line =~ /^transfer-encoding:\s*chunked/i;
    }
    my $body = $chunked ? chunks($client) : piece($client, $length);
    if ($path eq PROXY) {
        my $there = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => 8125, Proto => 'udp') or die $!;
        $there->send($_) for split /\n/, $body;
    }
    print $client "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    return 1;
}

sub chunks {
    my ($client) = @_;
    my $body = '';
    while (defined(my $line = <$client>)) {
        my ($size) = $line =~ /^([0-9a-fA-F]+)/;
        last unless defined $size && hex $size;
        $body .= piece($client, hex $size);
        <$client>;
    }
    <$client>;
    return $body;
}

sub piece {
    my ($client, $length) = @_;
    my $body = '';
    while (length($body) < $length) {
        read($client, my $data, $length - length $body) or last;
        $body .= $data;
    }
    return $body;
}
