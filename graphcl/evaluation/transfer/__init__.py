"""Transfer to labelled graphs: fine-tuning of pre-trained encoders, and the baselines that it is compared with."""
