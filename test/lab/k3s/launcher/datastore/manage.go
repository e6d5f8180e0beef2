package datastore

import (
	"context"
	"log/slog"
	"time"

	"go.etcd.io/etcd/api/v3/etcdserverpb"
)

const (
	manageInterval = 2 * time.Second // k3s looks every 15 s; the lab saves its users the wait
	learnerMaximum = 5 * time.Minute // a learner that makes no progress for so long is removed, as k3s does
)

// Manage promotes learners that have caught up and removes those that never will; only the leader acts.
func (d *Datastore) Manage(ctx context.Context) {
	progress := map[uint64]stand{}
	for tick := time.NewTicker(manageInterval); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
		attempt, cancel := context.WithTimeout(ctx, 10*time.Second)
		members, leads, err := d.Members(attempt)
		if err == nil && leads {
			for _, member := range members {
				if member.IsLearner {
					d.tend(attempt, member, progress)
				}
			}
		}
		cancel()
	}
}

type stand struct {
	index uint64
	since time.Time
}

func (d *Datastore) tend(ctx context.Context, member *etcdserverpb.Member, progress map[uint64]stand) {
	client, err := d.Client()
	if err != nil {
		return
	}
	if len(member.ClientURLs) > 0 { // it has started
		if _, err := client.MemberPromote(ctx, member.ID); err == nil {
			slog.Info("Promoted learner " + member.Name + " to voting member")
			delete(progress, member.ID)
			return
		}
	}
	var index uint64
	if len(member.ClientURLs) > 0 {
		if status, err := client.Status(ctx, member.ClientURLs[0]); err == nil {
			index = status.RaftAppliedIndex
		}
	}
	last, seen := progress[member.ID]
	if !seen || index > last.index {
		progress[member.ID] = stand{index, time.Now()}
		return
	}
	if time.Since(last.since) > learnerMaximum {
		slog.Warn("Removing learner "+member.Name+" that makes no progress", "peer", member.PeerURLs)
		_, _ = client.MemberRemove(ctx, member.ID)
		delete(progress, member.ID)
	}
}

// Remove takes the named member out of the cluster; one that is not there is a success.
func (d *Datastore) Remove(ctx context.Context, name string) error {
	members, _, err := d.Members(ctx)
	if err != nil {
		return err
	}
	for _, member := range members {
		if member.Name == name {
			slog.Info("Removing name=" + name + " from etcd")
			client, err := d.Client()
			if err != nil {
				return err
			}
			_, err = client.MemberRemove(ctx, member.ID)
			return err
		}
	}
	return nil
}

// Answers tells whether a member's first client address serves.
func (d *Datastore) Answers(ctx context.Context, urls []string) bool {
	client, err := d.Client()
	if err != nil || len(urls) == 0 {
		return false
	}
	attempt, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, err = client.Status(attempt, urls[0])
	return err == nil
}
