package datastore

import (
	"context"
	"errors"
	"fmt"

	clientv3 "go.etcd.io/etcd/client/v3"

	"honeydue.lab/k3s/bootstrap"
)

// ErrNoIdentity says that etcd holds no bootstrap data at all: the cluster is new.
var ErrNoIdentity = errors.New("no bootstrap data in the datastore")

// LoadIdentity reads the cluster's identity that is sealed with this password.
func (d *Datastore) LoadIdentity(ctx context.Context, password string) (bootstrap.Data, error) {
	client, err := d.Client()
	if err != nil {
		return nil, err
	}
	found, err := client.Get(ctx, bootstrap.Prefix, clientv3.WithPrefix())
	if err != nil {
		return nil, fmt.Errorf("reading bootstrap data: %w", err)
	}
	for _, entry := range found.Kvs {
		if string(entry.Key) == bootstrap.Key(password) {
			return bootstrap.Decrypt(password, string(entry.Value))
		}
	}
	if len(found.Kvs) > 0 {
		return nil, errors.New("bootstrap data already found and encrypted with different token")
	}
	return nil, ErrNoIdentity
}

// SaveIdentity seals the cluster's identity with the password and stores it, once.
func (d *Datastore) SaveIdentity(ctx context.Context, password string, data bootstrap.Data) error {
	sealed, err := bootstrap.Encrypt(password, data)
	if err != nil {
		return err
	}
	client, err := d.Client()
	if err != nil {
		return err
	}
	key := bootstrap.Key(password)
	_, err = client.Txn(ctx).If(clientv3.Compare(clientv3.CreateRevision(key), "=", 0)).Then(clientv3.OpPut(key, sealed)).Commit()
	return err
}
