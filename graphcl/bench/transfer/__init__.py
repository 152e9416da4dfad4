"""Tables of transfer experiments: a pre-trained model beside from-scratch training, fingerprints and others."""
